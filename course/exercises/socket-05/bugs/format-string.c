/* Fails pieces: what came is not a format, and has signs that printf takes for its own. */

#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *call) {
    perror(call);
    exit(1);
}

int main(int argc, char *argv[]) {
    const char *host = argc > 1 ? argv[1] : "www.google.com";

    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0)
        fail("socket");

    int port = argc > 2 ? atoi(argv[2]) : 80;

    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(host, NULL, &wanted, &found);
    if (error != 0) {
        fprintf(stderr, "resolve %s: %s\n", host, gai_strerror(error));
        return 1;
    }

    char message[1024] = "";
    snprintf(message, sizeof message,
             "GET / HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n", host, port);

    /* An address and a port, both in network byte order. */
    struct sockaddr_in endpoint = {.sin_family = AF_INET};
    endpoint.sin_addr = ((struct sockaddr_in *)found->ai_addr)->sin_addr;
    endpoint.sin_port = htons(port);
    freeaddrinfo(found);

    if (connect(client, (struct sockaddr *)&endpoint, sizeof endpoint) < 0)
        fail("connect");

    /* send may accept fewer bytes than it is given: the rest must be sent again. */
    for (size_t length = strlen(message), done = 0; done < length;) {
        ssize_t sent = send(client, message + done, length - done, MSG_NOSIGNAL);
        if (sent < 0)
            fail("send");
        done += sent;
    }

    /* One recv returns what has arrived so far; 0 means that the server has closed. */
    char piece[4096];
    ssize_t length;
    while ((length = recv(client, piece, sizeof piece - 1, 0)) > 0) {
        piece[length] = 0;
        printf(piece);
    }
    if (length < 0)
        fail("recv");
    close(client);
    return 0;
}
