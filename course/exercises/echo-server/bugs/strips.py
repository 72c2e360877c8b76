# Fails pieces: blanks at the beginning are lost, and one alone is taken for the end.


import socket
import sys
import threading

port = int(sys.argv[1]) if len(sys.argv) > 1 else 10000


def echo(client, address):
    print("Connected:", address)
    try:
        # A stream has no message boundaries: each piece goes back as it arrived.
        while True:
            piece = client.recv(4096).lstrip(b" \t")
            if not piece:
                break
            client.sendall(piece)
    except OSError as error:
        print(address, error)
    client.close()


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    server.bind(("", port))
    server.listen(5)
except OSError as error:
    sys.exit(f"port {port}: {error}")
print("Listening on port", port)

while True:
    client, address = server.accept()
    # While one client is silent, the others are served: a thread for each.
    threading.Thread(target=echo, args=(client, address), daemon=True).start()
