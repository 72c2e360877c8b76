# Has a port of its own for statistics, opened first.
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


statistics = socket.create_server(("", 9999))
server = socket.create_server(("", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
