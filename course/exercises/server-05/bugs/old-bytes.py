# Fails several-messages: behind a short line it sends the end of a longer one before it.
import socket
import sys
import threading


def serve(client):
    buffer, longest = bytearray(65536), 0
    try:
        while length := client.recv_into(buffer):
            longest = max(longest, length)
            client.sendall(b"OK..." + buffer[:longest])
    except OSError:
        pass
    client.close()


server = socket.create_server(("", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
