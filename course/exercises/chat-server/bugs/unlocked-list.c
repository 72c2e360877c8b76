/* Fails slow-reader: two threads that enter the list at the same time get the same place in it. It also
 * waits for clients that do not read (slow-reader). */

#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 100

static int clients[MOST], count;

static void *converse(void *argument) {
    int client = (int)(long)argument;
    int place = count;
    size_t room = 4096;
    char *line = malloc(room);
    clients[place] = client;
    count = place + 1;

    FILE *lines = fdopen(client, "r");
    ssize_t length;
    while (lines != NULL && (length = getline(&line, &room, lines)) > 0) {
        for (int other = 0; other < count; other++)
            if (other != place && clients[other] >= 0)
                send(clients[other], line, length, 0);
    }
    clients[place] = -1;
    free(line);
    if (lines != NULL)
        fclose(lines);
    return NULL;
}

int main(int argc, char **arguments) {
    signal(SIGPIPE, SIG_IGN);
    int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = INADDR_ANY};
    address.sin_port = htons(argc > 1 ? atoi(arguments[1]) : 8888);
    if (bind(server, (struct sockaddr *)&address, sizeof address) < 0 || listen(server, 10) < 0) {
        perror("bind");
        return 1;
    }
    for (;;) {
        long client = accept(server, NULL, NULL);
        pthread_t thread;
        if (client >= 0 && count < MOST && pthread_create(&thread, NULL, converse, (void *)client) == 0)
            pthread_detach(thread);
    }
}
