# Fails passes-on: a line arrives without what comes after its 64th byte.

import select
import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888
# How much to keep for a client that does not read.
PATIENCE = 1024 * 1024

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    server.bind(("", port))
    server.listen(10)
except OSError as error:
    sys.exit(f"port {port}: {error}")
server.setblocking(False)
print("Listening on port", port)

unfinished = {}  # client -> the beginning of a line whose end has not arrived yet
unsent = {}  # client -> bytes still to be sent to it


def leave(client):
    del unfinished[client], unsent[client]
    client.close()


def receive(client):
    try:
        piece = client.recv(4096)
    except OSError:
        piece = b""
    if not piece:
        leave(client)
        return
    # Pass on whole lines only: half a line would get mixed up with another client's.
    *lines, unfinished[client] = (unfinished[client] + piece).split(b"\n")
    for line in lines:
        for other in unsent:
            if other is not client:
                unsent[other] += line[:64] + b"\n"


def send(client):
    # The socket does not block: it accepts what its buffer has room for.
    try:
        taken = client.send(unsent[client])
    except OSError:
        leave(client)
        return
    unsent[client] = unsent[client][taken:]


while True:
    # Wait until a socket is readable, or writable if we have something for it.
    writers = [client for client in unsent if unsent[client]]
    readable, writable, _ = select.select([server, *unfinished], writers, [])
    for ready in readable:
        if ready is server:
            client, _ = server.accept()
            client.setblocking(False)
            unfinished[client] = unsent[client] = b""
        else:
            receive(ready)
    for ready in writable:
        if ready in unsent:
            send(ready)
    # A client that does not read, or never ends a line, must not fill our memory.
    for client in list(unsent):
        if max(len(unsent[client]), len(unfinished[client])) > PATIENCE:
            leave(client)
