/* Fails vanishes: a place that was taken once is never free again, and there are only six. */

#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS 6
#define FREE -1
#define GONE -2
/* The most to keep of an unfinished line, or of bytes that a client does not read. */
#define LINE 65536
#define UNSENT (1024 * 1024)

/* Slot 0 is the listening socket; poll ignores a slot whose fd is negative. */
static struct pollfd polled[CLIENTS + 1];
static struct {
    char *line;   /* the beginning of a line whose end has not come yet */
    size_t begun;
    char *unsent; /* what this client has still to be sent */
    size_t left;
} clients[CLIENTS + 1];

static void fail(const char *call) {
    perror(call);
    exit(1);
}

static void leave(int slot) {
    close(polled[slot].fd);
    polled[slot].fd = GONE;
    free(clients[slot].line);
    free(clients[slot].unsent);
}

static void enter(int client) {
    if (client < 0)
        return;
    for (int slot = 1; slot <= CLIENTS; slot++) {
        if (polled[slot].fd == FREE) {
            fcntl(client, F_SETFL, O_NONBLOCK);
            polled[slot] = (struct pollfd){.fd = client, .events = POLLIN};
            clients[slot].line = malloc(LINE);
            clients[slot].unsent = malloc(UNSENT);
            clients[slot].begun = clients[slot].left = 0;
            if (clients[slot].line == NULL || clients[slot].unsent == NULL)
                leave(slot);
            return;
        }
    }
    close(client); /* the house is full */
}

static void pass_on(int from, const char *line, size_t length) {
    for (int slot = 1; slot <= CLIENTS; slot++) {
        if (slot == from || polled[slot].fd < 0)
            continue;
        if (clients[slot].left + length > UNSENT) {
            leave(slot); /* who does not read must not fill our memory */
            continue;
        }
        memcpy(clients[slot].unsent + clients[slot].left, line, length);
        clients[slot].left += length;
        polled[slot].events = POLLIN | POLLOUT;
    }
}

static void receive(int slot) {
    char *line = clients[slot].line;
    size_t *begun = &clients[slot].begun;
    ssize_t length = recv(polled[slot].fd, line + *begun, LINE - *begun, 0);
    if (length <= 0) {
        leave(slot);
        return;
    }
    *begun += length;
    /* Pass on whole lines only: half a line would get mixed up with another client's. */
    char *end;
    while ((end = memchr(line, '\n', *begun)) != NULL) {
        size_t whole = end + 1 - line;
        pass_on(slot, line, whole);
        memmove(line, line + whole, *begun - whole);
        *begun -= whole;
    }
    if (*begun == LINE)
        leave(slot);
}

static void send_some(int slot) {
    /* The socket does not block: it accepts what its buffer has room for. */
    ssize_t taken = send(polled[slot].fd, clients[slot].unsent, clients[slot].left, MSG_NOSIGNAL);
    if (taken < 0) {
        leave(slot);
        return;
    }
    clients[slot].left -= taken;
    memmove(clients[slot].unsent, clients[slot].unsent + taken, clients[slot].left);
    if (clients[slot].left == 0)
        polled[slot].events = POLLIN;
}

int main(int argc, char *argv[]) {
    int port = argc > 1 ? atoi(argv[1]) : 8888;

    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (server < 0)
        fail("socket");
    int yes = 1;
    if (setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0)
        fail("setsockopt");
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
    own.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(server, (struct sockaddr *)&own, sizeof own) < 0)
        fail("bind");
    if (listen(server, 10) < 0)
        fail("listen");
    fcntl(server, F_SETFL, O_NONBLOCK);
    printf("Listening on port %d\n", port);

    for (int slot = 1; slot <= CLIENTS; slot++)
        polled[slot].fd = FREE;
    polled[0] = (struct pollfd){.fd = server, .events = POLLIN};

    for (;;) {
        /* Wait until a socket is readable, or writable if we have something for it. */
        if (poll(polled, CLIENTS + 1, -1) < 0)
            fail("poll");
        for (int slot = 1; slot <= CLIENTS; slot++) {
            if (polled[slot].fd >= 0 && polled[slot].revents & (POLLIN | POLLHUP | POLLERR))
                receive(slot);
            if (polled[slot].fd >= 0 && polled[slot].revents & POLLOUT)
                send_some(slot);
        }
        if (polled[0].revents & POLLIN)
            enter(accept(server, NULL, NULL));
    }
}
