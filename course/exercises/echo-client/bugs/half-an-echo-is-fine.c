/* Fails closes-early: half an echo is reported as success. */

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
    const char *port = argc > 2 ? argv[2] : "10000";

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

    printf("Message: ");
    fflush(stdout);
    char *message = NULL;
    size_t room = 0;
    ssize_t total = getline(&message, &room, stdin);
    while (total > 0 && strchr("\r\n", message[total - 1]))
        total--;

    /* send may accept fewer bytes than it is given: the rest must be sent again. */
    for (ssize_t done = 0; done < total;) {
        ssize_t sent = send(client, message + done, total - done, MSG_NOSIGNAL);
        if (sent < 0)
            fail("send");
        done += sent;
    }

    /* The client knows how much must come back, and calls recv until it has it all. */
    char piece[16];
    ssize_t received = 0;
    while (received < total) {
        ssize_t length = recv(client, piece, sizeof piece, 0);
        if (length < 0)
            fail("recv");
        if (length == 0) {
            break;
        }
        received += length;
        printf("Received %zd: %.*s\n", length, (int)length, piece);
    }
    printf("All %zd bytes came back\n", received);

    free(message);
    close(client);
    return 0;
}
