/* Fails vanishes: there is room for ten threads, and then it ends. */

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

static void *converse(void *argument) {
    int client = (int)(intptr_t)argument;
    const char *greeting = "Welcome to the server. Type something and hit enter\n";
    int failed = send_all(client, greeting, strlen(greeting));
    char data[5 + 1024] = "OK...";
    ssize_t length;
    while (!failed && (length = recv(client, data + 5, 1024, 0)) > 0)
        failed = send_all(client, data, 5 + length);
    close(client);
    return NULL;
}

int main(int argc, char *argv[]) {
    int port = argc > 1 ? atoi(argv[1]) : 8888;

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
    if (listen(server, 10) < 0)
        fail("listen");
    printf("Listening on port %d\n", port);

    pthread_t threads[10];
    for (int number = 0; number < 10; number++) {
        int client = accept(server, NULL, NULL);
        if (client < 0)
            fail("accept");
        if (pthread_create(&threads[number], NULL, converse, (void *)(intptr_t)client) != 0) {
            close(client);
            continue;
        }
        pthread_detach(threads[number]);
    }
}
