/* Fails host: there is one host, and one line for it. */

#define _POSIX_C_SOURCE 200809L
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char *argv[]) {
    const char *host = argc > 1 ? argv[1] : "www.google.com";
    const char *port = argc > 2 ? argv[2] : "80";

    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0) {
        perror("socket");
        return 1;
    }
    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(host, port, &wanted, &found);
    if (error != 0) {
        fprintf(stderr, "resolve %s: %s\n", host, gai_strerror(error));
        return 1;
    }

    /* Lines end in CR LF, and an empty line ends the request. HTTP/1.1 requires Host. */
    char message[1024] = "";
    snprintf(message, sizeof message,
             "GET / HTTP/1.1\r\nHost: %s\r\nHost: %s:%s\r\nConnection: close\r\n\r\n", host, host, port);

    if (connect(client, found->ai_addr, found->ai_addrlen) < 0) {
        perror("connect");
        return 1;
    }
    freeaddrinfo(found);

    /* send may accept fewer bytes than it is given: the rest must be sent again. */
    size_t length = strlen(message), done = 0;
    while (done < length) {
        ssize_t sent = send(client, message + done, length - done, MSG_NOSIGNAL);
        if (sent < 0) {
            perror("send");
            return 1;
        }
        done += sent;
    }
    printf("Sent %zu bytes\n", done);
    close(client);
    return 0;
}
