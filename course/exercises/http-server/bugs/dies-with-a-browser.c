/* Fails silent: a browser that leaves before its answer ends it, with SIGPIPE. */

#define _XOPEN_SOURCE 700
#include <arpa/inet.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[PATH_MAX];

static void fail(const char *call) {
    perror(call);
    exit(1);
}

/* Sends all of it; returns 0 on success. */
static int send_all(int client, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(client, bytes, length, 0);
        if (sent < 0)
            return -1;
        bytes += sent;
        length -= sent;
    }
    return 0;
}

/* Returns the file that a path such as /photo.png names, or NULL. */
static FILE *find(const char *path, char file[PATH_MAX]) {
    char joined[2 * PATH_MAX];
    snprintf(joined, sizeof joined, "%s/%s", root, path);
    joined[strcspn(joined, "?")] = 0;
    struct stat about;
    if (realpath(joined, file) == NULL || stat(file, &about) < 0)
        return NULL;
    if (S_ISDIR(about.st_mode)) {
        snprintf(joined, sizeof joined, "%s/index.html", file);
        if (realpath(joined, file) == NULL || stat(file, &about) < 0)
            return NULL;
    }
    /* realpath has resolved "..": a file that is not below our folder must not be sent. */
    size_t length = strlen(root);
    if (strncmp(file, root, length) != 0 || file[length] != '/' || !S_ISREG(about.st_mode))
        return NULL;
    return fopen(file, "rb");
}

static const char *kind_of(const char *file) {
    const char *dot = strrchr(file, '.');
    if (dot != NULL && strcasecmp(dot, ".html") == 0)
        return "text/html";
    if (dot != NULL && strcasecmp(dot, ".txt") == 0)
        return "text/plain";
    if (dot != NULL && strcasecmp(dot, ".png") == 0)
        return "image/png";
    return "application/octet-stream";
}

static void answer(int client, const char *status, const char *kind, const char *body, size_t size) {
    char head[512];
    int length = snprintf(head, sizeof head,
                          "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                          "Connection: close\r\n\r\n",
                          status, kind, size);
    send_all(client, head, length);
    send_all(client, body, size);
}

static void answer_file(int client, FILE *opened, const char *kind) {
    struct stat about;
    if (fstat(fileno(opened), &about) == 0) {
        char *body = malloc(about.st_size + 1);
        if (body != NULL && fread(body, 1, about.st_size, opened) == (size_t)about.st_size)
            answer(client, "200 OK", kind, body, about.st_size);
        free(body);
    }
    fclose(opened);
}

static void *serve(void *argument) {
    int client = (int)(intptr_t)argument;
    /* A request may arrive in pieces. An empty line ends it. */
    char request[16384] = "";
    size_t length = 0;
    while (strstr(request, "\r\n\r\n") == NULL && length < sizeof request - 1) {
        ssize_t piece = recv(client, request + length, sizeof request - 1 - length, 0);
        if (piece <= 0)
            break;
        length += piece;
        request[length] = 0;
    }

    char method[16], path[PATH_MAX], file[PATH_MAX];
    FILE *opened;
    if (length == 0)
        ; /* it closed without sending anything */
    else if (sscanf(request, "%15[^ \r\n] %4095[^ \r\n] HTTP/1.", method, path) != 2)
        answer(client, "400 Bad Request", "text/plain", "What?\n", 6);
    else if (strcmp(method, "GET") != 0)
        answer(client, "501 Not Implemented", "text/plain", "Only GET\n", 9);
    else if ((opened = find(path, file)) != NULL)
        answer_file(client, opened, kind_of(file));
    else
        answer(client, "404 Not Found", "text/plain", "Not found\n", 10);
    close(client);
    return NULL;
}

int main(int argc, char *argv[]) {
    int port = argc > 1 ? atoi(argv[1]) : 8080;
    if (realpath(argc > 2 ? argv[2] : ".", root) == NULL)
        fail("realpath");

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
    printf("Open http://localhost:%d/\n", port);

    for (;;) {
        int client = accept(server, NULL, NULL);
        if (client < 0)
            fail("accept");
        /* A browser opens several connections, and may send nothing on some of them. */
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)client) == 0)
            pthread_detach(thread);
        else
            close(client);
    }
}
