# Fails ends: it connects and asks once more.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 80

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)

# Lines end in CR LF, and an empty line ends the request. HTTP/1.1 requires Host.
message = f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"

try:
    client.connect((host, port))
    client.sendall(message.encode())
except OSError as error:
    sys.exit(f"{host} port {port}: {error}")
with socket.create_connection((host, port)) as another:
    another.sendall(message.encode())
print("Sent", len(message), "bytes")
client.close()
