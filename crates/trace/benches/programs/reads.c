/* 200,000 reads of a file with one socket open. */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
    static char buffer[512];
    int file = open(argv[0], O_RDONLY), pair[2];
    if (file < 0 || argc > 1 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair)) return 1;
    if (close(pair[1])) return 1;
    for (int i = 0; i < 200000; i++) {
        ssize_t got = read(file, buffer, sizeof buffer);
        if (got < 0) return 1;
        if (got == 0) lseek(file, 0, SEEK_SET);
    }
    return 0;
}
