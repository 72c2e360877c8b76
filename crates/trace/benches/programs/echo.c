/* A 32-byte echo server and its load. `echo serve N`: prints its port, serves N connections, a
   thread each. `echo load PORT CONNECTIONS TURNS`: a thread per connection, prints nanoseconds. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 32 };
static struct sockaddr_in address = {.sin_family = AF_INET};
static int turns;

static void *serve(void *argument) {
    int fd = (int)(long)argument;
    char buffer[SIZE];
    ssize_t got;
    while ((got = recv(fd, buffer, SIZE, 0)) > 0)
        if (send(fd, buffer, got, 0) != got) abort();
    close(fd);
    return NULL;
}

static void *load(void *unused) {
    (void)unused;
    char buffer[SIZE] = "thirty-two bytes there and back";
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (connect(fd, (void *)&address, sizeof address)) abort();
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    for (int i = 0; i < turns; i++) {
        if (send(fd, buffer, SIZE, 0) != SIZE) abort();
        if (recv(fd, buffer, SIZE, MSG_WAITALL) != SIZE) abort();
    }
    close(fd);
    return NULL;
}

int main(int argc, char **argv) {
    pthread_t threads[256];
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (argc == 3 && !strcmp(argv[1], "serve")) {
        int count = atoi(argv[2]), listener = socket(AF_INET, SOCK_STREAM, 0);
        socklen_t length = sizeof address;
        if (bind(listener, (void *)&address, length) || listen(listener, 256)) return 1;
        getsockname(listener, (void *)&address, &length);
        printf("%d\n", ntohs(address.sin_port));
        fflush(stdout);
        for (int i = 0; i < count; i++) {
            long fd = accept(listener, NULL, NULL);
            pthread_create(&threads[i], NULL, serve, (void *)fd);
        }
        for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
        return 0;
    }
    if (argc != 5) return 2;
    address.sin_port = htons(atoi(argv[2]));
    int count = atoi(argv[3]);
    turns = atoi(argv[4]);
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (int i = 0; i < count; i++) pthread_create(&threads[i], NULL, load, NULL);
    for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    printf("%lld\n", (ended.tv_sec - began.tv_sec) * 1000000000LL + ended.tv_nsec - began.tv_nsec);
    return 0;
}
