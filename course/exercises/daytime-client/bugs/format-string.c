/* Fails pieces: what came is not a format, and has signs that printf takes for its own. */

#define _POSIX_C_SOURCE 200809L
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *call) {
    perror(call);
    exit(1);
}

int main(int argc, char *argv[]) {
    const char *host = argc > 1 ? argv[1] : "time.nist.gov";
    const char *port = argc > 2 ? argv[2] : "13";

    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(host, port, &wanted, &found);
    if (error != 0) {
        fprintf(stderr, "resolve %s: %s\n", host, gai_strerror(error));
        return 1;
    }
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0)
        fail("socket");
    if (connect(client, found->ai_addr, found->ai_addrlen) < 0)
        fail("connect");
    freeaddrinfo(found);

    /* There is nothing to send: the server sends the time at once, then closes. */
    char piece[1024];
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
