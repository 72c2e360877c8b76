/* Fails address: inet_pton takes an address, and no name. */

#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
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
    const char *host = argc > 1 ? argv[1] : "127.0.0.1";
    const char *port = argc > 2 ? argv[2] : "12000";

    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    if (inet_pton(AF_INET, host, &server.sin_addr) != 1) {
        fprintf(stderr, "inet_pton %s: not an address\n", host);
        return 1;
    }
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0)
        fail("socket");
    if (connect(client, (struct sockaddr *)&server, sizeof server) < 0)
        fail("connect");

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
    while ((length = recv(client, piece, sizeof piece, 0)) > 0)
        fwrite(piece, 1, length, stdout);
    if (length < 0)
        fail("recv");
    printf("\n");

    free(sentence);
    close(client);
    return 0;
}
