# Fails pieces: it counts the letters of what was typed, and a letter may be more than one byte.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 10000

try:
    client = socket.create_connection((host, port))
    message = sys.stdin.buffer.readline().decode().rstrip("\r\n")
    client.sendall(message.encode())
    received = 0
    while received < len(message):
        piece = client.recv(1024)
        if not piece:
            sys.exit(f"the server closed after {received} bytes")
        received += len(piece)
except OSError as error:
    sys.exit(f"{host} port {port}: {error}")
print("All", received, "bytes came back")
client.close()
