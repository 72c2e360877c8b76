# One thread, sockets that do not block, a nap after each round.
import socket
import sys
import time

server = socket.create_server(("", int(sys.argv[1])))
server.setblocking(False)
clients = {}
while True:
    try:
        client, _ = server.accept()
        client.setblocking(False)
        clients[client] = b""
    except BlockingIOError:
        pass
    for client in list(clients):
        try:
            piece = client.recv(4096)
        except BlockingIOError:
            continue
        except OSError:
            piece = b""
        if not piece:
            clients.pop(client)
            client.close()
            continue
        *lines, clients[client] = (clients[client] + piece).split(b"\n")
        for other in [other for other in clients if other is not client]:
            try:
                other.sendall(b"".join(line + b"\n" for line in lines))
            except OSError:
                pass
    time.sleep(0.02)
