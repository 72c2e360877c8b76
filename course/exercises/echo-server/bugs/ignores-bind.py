# Fails restart: if bind fails, listen takes a port that nobody knows.
import socket
import sys
import threading


def serve(client):
    try:
        while data := client.recv(65536):
            client.sendall(data)
    except OSError:
        pass
    client.close()


server = socket.socket()
try:
    server.bind(("", int(sys.argv[1])))
except OSError:
    pass
server.listen(5)
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
