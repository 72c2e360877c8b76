/* 10,000 sends and receives of 32 bytes over one connection, both ends in one thread. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    char buffer[32] = "thirty-two bytes there and back";
    int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (bind(listener, (void *)&at, length) || listen(listener, 1)) return 1;
    getsockname(listener, (void *)&at, &length);
    if (connect(client, (void *)&at, length)) return 1;
    int server = accept(listener, NULL, NULL);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    for (int i = 0; i < 10000; i++) {
        if (send(client, buffer, sizeof buffer, 0) != sizeof buffer) return 2;
        if (recv(server, buffer, sizeof buffer, MSG_WAITALL) != sizeof buffer) return 3;
    }
    return 0;
}
