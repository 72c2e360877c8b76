/* Fails all-at-once: each thread gets the address of the variable that the next accept overwrites. */

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void *converse(void *argument) {
    /* The main thread may be in its next turn already. */
    int client = *(int *)argument;
    char buffer[4096];
    ssize_t length;
    while ((length = recv(client, buffer, sizeof buffer, 0)) > 0) {
        for (ssize_t sent = 0, now; sent < length; sent += now) {
            now = send(client, buffer + sent, length - sent, 0);
            if (now < 0)
                break;
        }
    }
    close(client);
    return NULL;
}

int main(int count, char **arguments) {
    signal(SIGPIPE, SIG_IGN);
    int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = INADDR_ANY};
    address.sin_port = htons(count > 1 ? atoi(arguments[1]) : 10000);
    if (bind(server, (struct sockaddr *)&address, sizeof address) < 0 || listen(server, 10) < 0) {
        perror("bind");
        return 1;
    }
    int client;
    for (;;) {
        client = accept(server, NULL, NULL);
        pthread_t thread;
        if (client >= 0 && pthread_create(&thread, NULL, converse, &client) == 0)
            pthread_detach(thread);
    }
}
