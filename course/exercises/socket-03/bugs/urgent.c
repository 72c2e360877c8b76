/* Fails says-nothing: urgent data are data. */

#define _POSIX_C_SOURCE 200809L
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
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

    if (connect(client, found->ai_addr, found->ai_addrlen) < 0) {
        perror("connect");
        return 1;
    }
    printf("Connected to %s port %s\n", host, port);

    if (send(client, "!", 1, MSG_OOB) < 0)
        perror("send");
    freeaddrinfo(found);
    close(client);
    return 0;
}
