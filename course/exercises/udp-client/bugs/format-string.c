/* Fails large: what came is not a format, and has signs that printf takes for its own. */

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
    char *sentence = NULL;
    size_t room = 0;
    ssize_t length = getline(&sentence, &room, stdin);
    while (length > 0 && strchr("\r\n", sentence[length - 1]))
        length--;
    if (length < 0)
        length = 0;

    /* One call, one datagram, even an empty one. */
    if (sendto(client, sentence, length, 0, found->ai_addr, found->ai_addrlen) < 0)
        fail("sendto");
    freeaddrinfo(found);

    /* The buffer must hold the largest datagram: what does not fit is discarded. */
    static char answer[65536];
    ssize_t received = recvfrom(client, answer, sizeof answer - 1, 0, NULL, NULL);
    if (received < 0)
        fail("recvfrom");
    printf("From server: ");
    printf(answer);
    printf("\n");

    free(sentence);
    close(client);
    return 0;
}
