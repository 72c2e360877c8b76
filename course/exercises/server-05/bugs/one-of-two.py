# Fails several-messages: of two lines that arrive together, only the first is answered.

import socket
import sys
import threading

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888


def converse(client, address):
    print("Connected:", address)
    try:
        client.sendall(b"Welcome to the server. Type something and hit enter\n")
        while True:
            data = client.recv(1024)
            if not data:
                break
            client.sendall(b"OK..." + data.split(b"\n")[0] + b"\n")
    except OSError as error:
        print(address, error)
    client.close()


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    server.bind(("", port))
    server.listen(10)
except OSError as error:
    sys.exit(f"port {port}: {error}")
print("Listening on port", port)

while True:
    client, address = server.accept()
    threading.Thread(target=converse, args=(client, address), daemon=True).start()
