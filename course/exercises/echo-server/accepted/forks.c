/* A process for each client. */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char *argv[]) {
    int one = 1, server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[argc - 1]))};
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(server, (struct sockaddr *)&own, sizeof own) < 0) {
        perror("bind");
        return 1;
    }
    listen(server, 5);
    for (;;) {
        int client = accept(server, NULL, NULL);
        if (fork() == 0) {
            char piece[65536];
            ssize_t length;
            close(server);
            while ((length = read(client, piece, sizeof piece)) > 0)
                for (ssize_t sent = 0, n; sent < length; sent += n)
                    if ((n = write(client, piece + sent, length - sent)) < 0)
                        exit(1);
            exit(0);
        }
        close(client);
    }
}
