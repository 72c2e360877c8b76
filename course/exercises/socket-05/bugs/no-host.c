/* Fails host: HTTP/1.1 requires Host, and there is none. The answer is read in one call, which waits for its end. */

#define _POSIX_C_SOURCE 200809L
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void fail(const char *call) {
    perror(call);
    exit(1);
}

int main(int argc, char *argv[]) {
    const char *host = argc > 1 ? argv[1] : "www.google.com";
    const char *port = argc > 2 ? argv[2] : "80";

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
    struct timeval patience = {.tv_sec = 3};
    if (setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0)
        fail("setsockopt");
    if (connect(client, found->ai_addr, found->ai_addrlen) < 0)
        fail("connect");
    freeaddrinfo(found);
    const char message[] = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
    if (send(client, message, strlen(message), 0) < 0)
        fail("send");
    static char answer[1 << 20];
    ssize_t length = recv(client, answer, sizeof answer, MSG_WAITALL);
    if (length < 0)
        fail("recv");
    fwrite(answer, 1, length, stdout);
    close(client);
    return 0;
}
