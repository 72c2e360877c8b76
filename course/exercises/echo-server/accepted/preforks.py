# Four processes that share the listening socket.
import os
import socket
import sys

server = socket.create_server(("", int(sys.argv[1])))
for _ in range(3):
    if os.fork() == 0:
        break
while True:
    client, _ = server.accept()
    try:
        while data := client.recv(65536):
            client.sendall(data)
    except OSError:
        pass
    client.close()
