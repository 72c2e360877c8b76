# Fails answer: it sends its whole buffer.
import socket
import sys
import threading


def serve(client):
    try:
        while data := client.recv(65536):
            client.sendall(data.decode(errors="replace").upper().encode().ljust(1024, b"\0"))
    except OSError:
        pass
    client.close()


server = socket.create_server(("", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
