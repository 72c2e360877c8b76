/* Fails pieces: what came is not a format, and has signs that printf takes for its own. */

#define _POSIX_C_SOURCE 200809L
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
    const char *host = argc > 1 ? argv[1] : "localhost";
    const char *port = argc > 2 ? argv[2] : "12000";

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

    printf("Input lowercase sentence: ");
    fflush(stdout);
    char *sentence = NULL;
    size_t room = 0;
    ssize_t total = getline(&sentence, &room, stdin);
    while (total > 0 && strchr("\r\n", sentence[total - 1]))
        total--;

    /* send may accept fewer bytes than it is given: the rest must be sent again. */
    for (ssize_t done = 0; done < total;) {
        ssize_t sent = send(client, sentence + done, total - done, MSG_NOSIGNAL);
        if (sent < 0)
            fail("send");
        done += sent;
    }
    /* Tells the server that we have sent everything: its recv returns 0. We can still receive. */
    if (shutdown(client, SHUT_WR) < 0)
        fail("shutdown");

    /* A stream does not mark where an answer ends. This one ends where the server closes. */
    char piece[1024];
    printf("From server: ");
    ssize_t length;
    while ((length = recv(client, piece, sizeof piece - 1, 0)) > 0) {
        piece[length] = 0;
        printf(piece);
    }
    if (length < 0)
        fail("recv");
    printf("\n");

    free(sentence);
    close(client);
    return 0;
}
