# Fails pieces: it asks, though the server speaks first.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "time.nist.gov"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 13

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    client.connect((host, port))
    client.sendall(b"What time is it?\r\n")

    answer = b""
    while True:
        piece = client.recv(1024)
        if not piece:
            break
        answer += piece
except OSError as error:
    sys.exit(f"{host} port {port}: {error}")
print(answer.decode(errors="replace").strip())
client.close()
