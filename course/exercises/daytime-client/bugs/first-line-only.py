# Fails pieces: it takes the first line end for the end of the answer.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "time.nist.gov"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 13

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    client.connect((host, port))

    # There is nothing to send: the server sends the time at once, then closes.
    answer = b""
    while True:
        piece = client.recv(1024)
        if not piece:
            break
        answer += piece
        if answer.endswith(b"\n"):
            break
except OSError as error:
    sys.exit(f"{host} port {port}: {error}")
print(answer.decode(errors="replace").strip())
client.close()
