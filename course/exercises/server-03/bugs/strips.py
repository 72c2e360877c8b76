# Fails bytes: blanks at both ends of the line are lost.

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    server.bind(("", port))
    server.listen(10)
except OSError as error:
    sys.exit(f"port {port}: {error}")
print("Listening on port", port)

client, address = server.accept()
print("Connected:", address)

data = client.recv(1024)
print("Received", len(data), "bytes")

# 0 bytes: the client closed without sending anything, so there is nothing to answer.
if data:
    client.sendall(b"OK..." + data.strip() + b"\n")

client.close()
server.close()
