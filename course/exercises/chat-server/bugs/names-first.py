# Fails passes-on: it puts a name before each line; and it waits for whoever does not read.
import select
import socket
import sys

server = socket.create_server(("", int(sys.argv[1])))
unfinished = {}
while True:
    for ready in select.select([server, *unfinished], [], [])[0]:
        if ready is server:
            client, address = server.accept()
            unfinished[client] = b""
            continue
        try:
            piece = ready.recv(4096)
        except OSError:
            piece = b""
        if not piece:
            unfinished.pop(ready)
            ready.close()
            continue
        *lines, unfinished[ready] = (unfinished[ready] + piece).split(b"\n")
        for line in lines:
            for other in [other for other in unfinished if other is not ready]:
                try:
                    other.sendall(b"%d: %s\n" % (ready.fileno(), line))
                except OSError:
                    pass
