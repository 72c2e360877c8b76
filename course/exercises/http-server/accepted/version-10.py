# HTTP/1.0, no length: the end of the stream ends the page.
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
        return b"HTTP/1.0 404 Nothing there\r\n\r\n<h1>Nothing</h1>"
    with open(file, "rb") as opened:
        body = opened.read()
    head = "HTTP/1.0 200 All right\r\n\r\n"
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
