# Fails vanishes: after ten clients it says goodbye.

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 12000


def upper(data):
    # Letters, not bytes: ñ is two bytes in UTF-8. Bytes that are not UTF-8 stay as they are.
    return data.decode("utf-8", "surrogateescape").upper().encode("utf-8", "surrogateescape")


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    server.bind(("", port))
    server.listen(1)
except OSError as error:
    sys.exit(f"port {port}: {error}")
print("The server is ready to receive on port", port)

for _ in range(10):
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
