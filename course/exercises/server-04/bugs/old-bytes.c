/* Fails next-client: it sends all that strlen finds in the buffer: the end of a longer message that
 * was there before. */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char text[65536];

int main(int argc, char *argv[]) {
    int one = 1, server = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[argc - 1]))};
    signal(SIGPIPE, SIG_IGN);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(server, (struct sockaddr *)&own, sizeof own) < 0) {
        perror("bind");
        return 1;
    }
    listen(server, 5);
    for (;;) {
        int client = accept(server, NULL, NULL);
        if (read(client, text, sizeof text - 1) > 0)
            write(client, text, strlen(text));
        close(client);
    }
}
