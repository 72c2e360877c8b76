/* Fails crossed: it answers ten datagrams, and goes on without a word. */

#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

static void fail(const char *call) {
    perror(call);
    exit(1);
}

/* Letters, not bytes: ñ is two bytes in UTF-8. Bytes that are not UTF-8 stay as they are. */
static size_t upper(const char *text, size_t length, char *answer) {
    size_t written = 0;
    for (size_t at = 0; at < length;) {
        wchar_t letter;
        mbstate_t fresh = {0}, state = {0};
        size_t bytes = mbrtowc(&letter, text + at, length - at, &fresh);
        if (bytes == 0 || bytes > length - at) {
            answer[written++] = text[at++];
        } else {
            written += wcrtomb(answer + written, towupper(letter), &state);
            at += bytes;
        }
    }
    return written;
}

int main(int argc, char *argv[]) {
    int port = argc > 1 ? atoi(argv[1]) : 12000;
    setlocale(LC_ALL, "C.UTF-8");

    int server = socket(AF_INET, SOCK_DGRAM, 0);
    if (server < 0)
        fail("socket");
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
    own.sin_addr.s_addr = htonl(INADDR_ANY);
    if (bind(server, (struct sockaddr *)&own, sizeof own) < 0)
        fail("bind");
    printf("The server is ready to receive on port %d\n", port);

    for (int count = 1;; count++) {
        static char message[65536], answer[4 * 65536];
        struct sockaddr_in client = {0};
        socklen_t size = sizeof client;
        /* The datagram comes with its sender: that is where to answer. */
        ssize_t length =
            recvfrom(server, message, sizeof message, 0, (struct sockaddr *)&client, &size);
        if (length < 0)
            fail("recvfrom");
        size_t written = upper(message, length, answer);
        if (count > 10)
            continue;
        if (sendto(server, answer, written, 0, (struct sockaddr *)&client, size) < 0)
            perror("sendto");
    }
}
