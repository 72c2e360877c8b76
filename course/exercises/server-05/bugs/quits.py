# Fails half-close: a blank line, or quit, ends the conversation.

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
            if data.strip() in (b"", b"quit"):
                break
            client.sendall(b"OK..." + data)
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
