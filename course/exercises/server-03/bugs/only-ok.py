# Fails answer: the client's own words do not come back.

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

# A client that closed without a word has sent 0 bytes: there is nobody to answer.
if data:
    client.sendall(b"OK...")

client.close()
server.close()
