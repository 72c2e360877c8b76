/* Fails several-blocks: the last byte of an odd number does not count. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Types of datagrams. */
enum { DATA = 1, ACK = 2 };
/* Bytes; a block with fewer is the last one. */
enum { BLOCK = 512 };
/* Seconds until a block is sent again. */
#define PATIENCE 0.2
#define TRIES 10
/* The receiver is done 1 s after it has answered the last block, and gives up after 3 s without any. */
#define LINGER 1
#define SILENCE 3

static void fail(const char *call) {
    perror(call);
    exit(1);
}

/* RFC 1071: add all words of 16 bits, add what was carried, invert. */
static uint16_t checksum(const uint8_t *datagram, size_t length) {
    uint32_t total = 0;
    for (size_t at = 0; at + 1 < length; at += 2)
        total += datagram[at] << 8 | datagram[at + 1];
    while (total > 0xffff)
        total = (total & 0xffff) + (total >> 16);
    total = ~total;
    return (uint16_t)total;
}

/* Makes a datagram: type, block number, checksum, data. Returns its length. */
static size_t pack(uint8_t *datagram, int type, int number, const uint8_t *data, size_t length) {
    uint8_t header[] = {type, number, 0, 0};
    memcpy(datagram, header, sizeof header);
    memcpy(datagram + sizeof header, data, length);
    uint16_t total = checksum(datagram, sizeof header + length);
    datagram[2] = total >> 8;
    datagram[3] = total & 0xff;
    return sizeof header + length;
}

/* Whether a datagram of this type came undamaged. */
static int is_intact(const uint8_t *datagram, ssize_t length, int type) {
    /* With the sender's checksum in it, the checksum of an intact datagram is 0. */
    return length >= 4 && checksum(datagram, length) == 0 && datagram[0] == type;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

/* From now on, recv waits this long, in seconds. */
static void set_patience(int descriptor, double seconds) {
    struct timeval patience = {.tv_sec = (time_t)seconds};
    patience.tv_usec = (seconds - patience.tv_sec) * 1e6;
    if (patience.tv_sec == 0 && patience.tv_usec == 0)
        patience.tv_usec = 1; /* 0 would mean for ever. */
    if (setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0)
        fail("setsockopt");
}

/* Sends one block until it is acknowledged, ten times at most. Returns whether it was. */
static int deliver(int client, int number, const uint8_t *data, size_t length) {
    uint8_t block[4 + BLOCK], answer[2048];
    size_t size = pack(block, DATA, number, data, length);
    for (int try = 0; try < TRIES; try++) {
        double deadline = now() + PATIENCE;
        /* If ICMP said that nobody is at that port, it is as good as lost. */
        (void)send(client, block, size, 0);
        for (double left; (left = deadline - now()) > 0;) {
            set_patience(client, left);
            /* An error: the time is up, or nobody is there. */
            ssize_t got = recv(client, answer, sizeof answer, 0);
            if (got == 4 && is_intact(answer, got, ACK) && answer[1] == number)
                return 1;
        }
    }
    return 0;
}

static void send_file(const char *host, const char *port) {
    struct addrinfo wanted = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(host, port, &wanted, &found);
    if (error != 0) {
        fprintf(stderr, "resolve %s: %s\n", host, gai_strerror(error));
        exit(1);
    }
    int client = socket(AF_INET, SOCK_DGRAM, 0);
    if (client < 0)
        fail("socket");
    if (connect(client, found->ai_addr, found->ai_addrlen) < 0)
        fail("connect");
    freeaddrinfo(found);

    uint8_t data[BLOCK];
    size_t length;
    int number = 1;
    /* One block more than seems necessary if the file ends where a block ends: an empty one. */
    do {
        length = fread(data, 1, sizeof data, stdin);
        if (!deliver(client, number, data, length)) {
            fprintf(stderr, "%s port %s does not acknowledge block %d\n", host, port, number);
            exit(1);
        }
        number = (number + 1) % 256;
    } while (length == BLOCK);
    close(client);
}

static void receive_file(int port) {
    int server = socket(AF_INET, SOCK_DGRAM, 0);
    if (server < 0)
        fail("socket");
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
    own.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(server, (struct sockaddr *)&own, sizeof own) < 0)
        fail("bind");
    int expected = 1, complete = 0;
    for (;;) {
        uint8_t datagram[2048], answer[4];
        struct sockaddr_in sender = {0};
        socklen_t size = sizeof sender;
        ssize_t length = recvfrom(server, datagram, sizeof datagram, 0, (struct sockaddr *)&sender, &size);
        if (length < 0 && errno != EAGAIN)
            fail("recvfrom");
        if (length < 0 && complete)
            return;
        if (length < 0) {
            fprintf(stderr, "no more blocks come: the copy is not complete\n");
            exit(1);
        }
        if (!is_intact(datagram, length, DATA))
            continue;
        if (datagram[1] == expected && !complete) {
            if (write(STDOUT_FILENO, datagram + 4, length - 4) < 0)
                fail("write");
            expected = (expected + 1) % 256;
            complete = length - 4 < BLOCK;
        }
        /* Also if it came before: then our answer was lost. */
        pack(answer, ACK, datagram[1], NULL, 0);
        if (sendto(server, answer, sizeof answer, 0, (struct sockaddr *)&sender, size) < 0)
            fail("sendto");
        set_patience(server, complete ? LINGER : SILENCE);
    }
}

int main(int argc, char *argv[]) {
    if (argc == 4 && strcmp(argv[1], "send") == 0) {
        send_file(argv[2], argv[3]);
    } else if (argc == 3 && strcmp(argv[1], "receive") == 0) {
        receive_file(atoi(argv[2]));
    } else {
        fprintf(stderr, "send HOST PORT, or receive PORT\n");
        return 2;
    }
    return 0;
}
