/* socket-03: connect to a server.
 *
 * Run: gcc -Wall socket-03.c -o socket-03 && ./socket-03 [HOST [PORT]] */

#define _POSIX_C_SOURCE 200809L
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char *argv[]) {
    const char *host = argc > 1 ? argv[1] : "www.google.com";
    const char *port = argc > 2 ? argv[2] : "80";

    /* GAP socket -> client */
    int client = socket(AF_INET, SOCK_STREAM, 0);
    /* ELSE int client = -1; */
    /* END */
    if (client < 0) {
        perror("socket");
        return 1;
    }

    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    /* GAP address -> found, error */
    int error = getaddrinfo(host, port, &wanted, &found);
    /* ELSE int error = EAI_FAIL; */
    /* END */
    if (error != 0) {
        fprintf(stderr, "resolve %s: %s\n", host, gai_strerror(error));
        return 1;
    }

    /* GAP connect */
    if (connect(client, found->ai_addr, found->ai_addrlen) < 0) {
        perror("connect");
        return 1;
    }
    /* END */
    printf("Connected to %s port %s\n", host, port);

    freeaddrinfo(found);
    /* GAP close */
    close(client);
    /* END */
    return 0;
}
