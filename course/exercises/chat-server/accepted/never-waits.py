# select with a time of 0, over and over.
import select
import socket
import sys

server = socket.create_server(("", int(sys.argv[1])))
clients = {}
while True:
    for ready in select.select([server, *clients], [], [], 0)[0]:
        if ready is server:
            clients[server.accept()[0]] = b""
            continue
        piece = ready.recv(4096)
        if not piece:
            clients.pop(ready)
            ready.close()
            continue
        *lines, clients[ready] = (clients[ready] + piece).split(b"\n")
        for other in [other for other in clients if other is not ready]:
            other.sendall(b"".join(line + b"\n" for line in lines))
