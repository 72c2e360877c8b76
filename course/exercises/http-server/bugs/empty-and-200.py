# Fails not-found: a file that does not exist is an empty page, with status 200.
import os
import socket
import sys
import threading

port, root = int(sys.argv[1]), os.path.realpath(sys.argv[2])


def answer(path):
    file = os.path.realpath(root + "/" + path)
    if path == "/":
        file = os.path.join(root, "index.html")
    if not file.startswith(root + "/") or not os.path.isfile(file):
        return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    with open(file, "rb") as opened:
        body = opened.read()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def serve(client):
    try:
        request = b""
        while b"\r\n\r\n" not in request:
            piece = client.recv(4096)
            if not piece:
                return client.close()
            request += piece
        client.sendall(answer(request.split()[1].decode()))
    except OSError:
        pass
    client.close()


server = socket.create_server(("", port))
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
