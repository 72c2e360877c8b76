# Keeps every connection open for the next request, whatever the client asks for.
import os
import socket
import sys
import threading

port, root = int(sys.argv[1]), os.path.realpath(sys.argv[2])


def answer(path):
    file = os.path.realpath(root + "/" + (path if path != "/" else "index.html"))
    if not file.startswith(root + "/") or not os.path.isfile(file):
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    with open(file, "rb") as opened:
        body = opened.read()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def serve(client):
    request = b""
    while piece := client.recv(4096):
        request += piece
        while b"\r\n\r\n" in request:
            head, request = request.split(b"\r\n\r\n", 1)
            client.sendall(answer(head.split()[1].decode()))
    client.close()


server = socket.create_server(("", port))
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
