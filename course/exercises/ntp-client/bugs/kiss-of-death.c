/* Fails unset-clock: it believes an answer with stratum 0, whose clock is not set. */

#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* From 1 January 1900, when NTP time begins, to 1 January 1970, when Unix time does. */
#define SECONDS_1900_TO_1970 2208988800LL

static void fail(const char *call) {
    perror(call);
    exit(1);
}

/* Whether this is the answer of a server (mode 4) whose clock is set to our request. */
static int is_answer(const unsigned char *reply, ssize_t length, const unsigned char *request) {
    return length >= 48 && (reply[0] & 7) == 4 && reply[0] >> 6 != 3 && 
           reply[1] <= 15 && memcmp(reply + 24, request + 40, 8) == 0;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char *argv[]) {
    const char *host = argc > 1 ? argv[1] : "pool.ntp.org";
    const char *port = argc > 2 ? argv[2] : "123";

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

    /* Byte 0: leap indicator 0 (2 bits), version 4 (3 bits), mode 3 = client (3 bits). Bytes 40 to
     * 47: the transmit timestamp, which comes back as "origin". A random one can't be guessed. */
    unsigned char request[48] = {0};
    request[0] = 4 << 3 | 3;
    FILE *chance = fopen("/dev/urandom", "rb");
    if (chance == NULL || fread(request + 40, 1, 8, chance) != 8)
        fail("/dev/urandom");
    fclose(chance);

    /* For UDP, connect sends nothing: it sets the peer. */
    if (connect(client, found->ai_addr, found->ai_addrlen) < 0)
        fail("connect");
    if (send(client, request, sizeof request, 0) < 0)
        fail("send");
    freeaddrinfo(found);

    /* Returns the first good answer within two seconds. A bad one must not end the wait. */
    unsigned char reply[512] = {0};
    double deadline = now() + 2;
    for (;;) {
        double left = deadline - now();
        if (left < 0.001)
            left = 0.001;
        struct timeval patience = {.tv_sec = (time_t)left};
        patience.tv_usec = (left - patience.tv_sec) * 1e6;
        if (setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0)
            fail("setsockopt");
        ssize_t length = recv(client, reply, sizeof reply, 0);
        if (length < 0)
            fail("recv");
        if (is_answer(reply, length, request))
            break;
        fprintf(stderr, "An answer of %zd bytes was rejected\n", length);
    }

    /* Four bytes, big-endian: seconds since 1900. A small number belongs to the era that
     * begins on 7 February 2036. */
    int64_t seconds = 0;
    uint32_t field;
    memcpy(&field, reply + 40, 4);
    seconds = ntohl(field);
    if (seconds < 1LL << 31)
        seconds += 1LL << 32;
    time_t unix_time = seconds - SECONDS_1900_TO_1970;
    char text[32];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", gmtime(&unix_time));
    printf("%s\n", text);
    close(client);
    return 0;
}
