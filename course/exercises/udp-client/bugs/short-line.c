/* Fails as-typed: a line of more than 199 bytes is cut. */

#define _POSIX_C_SOURCE 200809L
#include <netdb.h>
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
    const char *host = argc > 1 ? argv[1] : "localhost";
    const char *port = argc > 2 ? argv[2] : "12000";

    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(host, port, &wanted, &found);
    if (error != 0) {
        fprintf(stderr, "resolve %s: %s\n", host, gai_strerror(error));
        return 1;
    }
    int client = socket(AF_INET, SOCK_DGRAM, 0);
    if (client < 0)
        fail("socket");

    printf("Input lowercase sentence: ");
    fflush(stdout);
    char sentence[200] = "";
    if (fgets(sentence, sizeof sentence, stdin) == NULL)
        sentence[0] = 0;
    size_t length = strcspn(sentence, "\r\n");

    /* One call, one datagram, even an empty one. */
    if (sendto(client, sentence, length, 0, found->ai_addr, found->ai_addrlen) < 0)
        fail("sendto");
    freeaddrinfo(found);

    /* The buffer must hold the largest datagram: what does not fit is discarded. */
    static char answer[65536];
    ssize_t received = recvfrom(client, answer, sizeof answer, 0, NULL, NULL);
    if (received < 0)
        fail("recvfrom");
    printf("From server: %.*s\n", (int)received, answer);

    close(client);
    return 0;
}
