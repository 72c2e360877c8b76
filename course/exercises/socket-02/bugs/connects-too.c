/* Fails other-name: it connects, though the address was all that was asked for. */

#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char *argv[]) {
    const char *host = argc > 1 ? argv[1] : "www.google.com";

    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0) {
        perror("socket");
        return 1;
    }
    printf("Socket created: descriptor %d\n", client);

    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(host, NULL, &wanted, &found);
    if (error != 0) {
        fprintf(stderr, "resolve %s: %s\n", host, gai_strerror(error));
        return 1;
    }
    struct sockaddr_in *address = (struct sockaddr_in *)found->ai_addr;
    char text[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
    printf("%s is %s\n", host, text);

    address->sin_port = htons(80);
    if (connect(client, found->ai_addr, found->ai_addrlen) < 0)
        perror("connect");
    freeaddrinfo(found);
    close(client);
    return 0;
}
