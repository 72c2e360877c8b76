# Fails answer: what is in upper case already becomes lower case.

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 12000


def upper(data):
    return data.decode("utf-8", "surrogateescape").swapcase().encode("utf-8", "surrogateescape")


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    server.bind(("", port))
    server.listen(1)
except OSError as error:
    sys.exit(f"port {port}: {error}")
print("The server is ready to receive on port", port)

while True:
    client, address = server.accept()
    print("Connected:", address)
    try:
        while True:
            data = client.recv(1024)
            if not data:
                break
            client.sendall(upper(data))
    except OSError as error:
        print(address, error)
    client.close()
