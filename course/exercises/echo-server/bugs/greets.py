# Fails echo: it greets before it echoes.
import socket
import sys
import threading


def serve(client):
    try:
        client.sendall(b"Hello\n")
        while data := client.recv(65536):
            client.sendall(data)
    except OSError:
        pass
    client.close()


server = socket.create_server(("", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
