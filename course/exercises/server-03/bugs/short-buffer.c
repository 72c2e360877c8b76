/* Fails bytes: its buffer holds 100 bytes, and the rest of a longer line is not answered. */

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
    int port = argc > 1 ? atoi(argv[1]) : 8888;

    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (server < 0)
        fail("socket");
    /* The port goes into the address in network byte order: htons. */
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
    own.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(server, (struct sockaddr *)&own, sizeof own) < 0)
        fail("bind");
    if (listen(server, 10) < 0)
        fail("listen");
    printf("Listening on port %d\n", port);

    int client = accept(server, NULL, NULL);
    if (client < 0)
        fail("accept");

    /* Too little room for the answer: "OK..." and what the client sent. */
    char data[5 + 100] = "OK...";
    ssize_t length = recv(client, data + 5, 100, 0);
    if (length < 0)
        fail("recv");
    printf("Received %zd bytes\n", length);

    /* 0 bytes: the client closed without sending anything, so there is nothing to answer. */
    if (length > 0) {
        for (ssize_t done = 0; done < 5 + length;) {
            ssize_t sent = send(client, data + done, 5 + length - done, MSG_NOSIGNAL);
            if (sent < 0)
                fail("send");
            done += sent;
        }
    }

    close(client);
    close(server);
    return 0;
}
