/* Fails silent: the socket of a client that sent nothing is never closed. */

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
    /* Lets us restart while connections of the last run are still in TIME_WAIT. */
    int yes = 1;
    if (setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0)
        fail("setsockopt");
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
    own.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(server, (struct sockaddr *)&own, sizeof own) < 0)
        fail("bind");
    if (listen(server, 10) < 0)
        fail("listen");
    printf("Listening on port %d\n", port);

    for (;;) {
        int client = accept(server, NULL, NULL);
        if (client < 0)
            fail("accept");
        char data[5 + 1024] = "OK...";
        ssize_t length = recv(client, data + 5, 1024, 0);
        if (length <= 0)
            continue;
        /* One client may vanish: that must not end the server for the others.
         * MSG_NOSIGNAL: otherwise writing to it would end this process with SIGPIPE. */
        for (ssize_t done = 0; length > 0 && done < 5 + length;) {
            ssize_t sent = send(client, data + done, 5 + length - done, MSG_NOSIGNAL);
            if (sent < 0)
                break;
            done += sent;
        }
        close(client);
    }
}
