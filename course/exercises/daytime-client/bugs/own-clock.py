# Fails answer: it prints this machine's time, not the server's.

import socket
import sys
import time

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
except OSError as error:
    sys.exit(f"{host} port {port}: {error}")
print(time.asctime())
client.close()
