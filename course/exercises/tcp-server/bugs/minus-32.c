/* Fails letters: every byte from 'a' on loses 32: the letters of ASCII, and { | } ~ too. */

#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *call) {
    perror(call);
    exit(1);
}

/* Sends all of it; returns 0 on success. MSG_NOSIGNAL: a client that vanished must not end us. */
static int send_all(int client, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(client, bytes, length, MSG_NOSIGNAL);
        if (sent < 0)
            return -1;
        bytes += sent;
        length -= sent;
    }
    return 0;
}

static void upper(char *text, size_t length) {
    for (size_t at = 0; at < length; at++)
        if (text[at] >= 'a')
            text[at] -= 32;
}

int main(int argc, char *argv[]) {
    int port = argc > 1 ? atoi(argv[1]) : 12000;

    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (server < 0)
        fail("socket");
    int yes = 1;
    if (setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0)
        fail("setsockopt");
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
    own.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(server, (struct sockaddr *)&own, sizeof own) < 0)
        fail("bind");
    if (listen(server, 1) < 0)
        fail("listen");
    printf("The server is ready to receive on port %d\n", port);

    for (;;) {
        int client = accept(server, NULL, NULL);
        if (client < 0)
            fail("accept");
        char data[1024];
        ssize_t length;
        while ((length = recv(client, data, sizeof data, 0)) > 0) {
            upper(data, length);
            if (send_all(client, data, length) < 0)
                break;
        }
        close(client);
    }
}
