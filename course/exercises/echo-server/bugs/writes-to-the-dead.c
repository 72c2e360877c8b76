/* Fails vanishes: sending to a client that has gone ends the server: SIGPIPE. */


#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *call) {
    perror(call);
    exit(1);
}

/* Sends all of it; returns 0 on success. */
static int send_all(int client, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(client, bytes, length, 0);
        if (sent < 0)
            return -1;
        bytes += sent;
        length -= sent;
    }
    return 0;
}

static void *echo(void *argument) {
    int client = (int)(intptr_t)argument;
    char piece[4096];
    /* A stream has no message boundaries: each piece goes back as it arrived. */
    ssize_t length;
    while ((length = recv(client, piece, sizeof piece, 0)) > 0)
        if (send_all(client, piece, length) < 0)
            break;
    close(client);
    return NULL;
}

int main(int argc, char *argv[]) {
    int port = argc > 1 ? atoi(argv[1]) : 10000;

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
    if (listen(server, 5) < 0)
        fail("listen");
    printf("Listening on port %d\n", port);

    for (;;) {
        int client = accept(server, NULL, NULL);
        if (client < 0)
            fail("accept");
        /* While one client is silent, the others are served: a thread for each. */
        pthread_t thread;
        if (pthread_create(&thread, NULL, echo, (void *)(intptr_t)client) != 0) {
            close(client);
            continue;
        }
        pthread_detach(thread);
    }
}
