# Fails address: the server is the one of localhost, whatever the first argument says.

import socket
import sys

host = "localhost"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 12000

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    client.connect((host, port))
    print("Input lowercase sentence: ", end="", flush=True)
    sentence = sys.stdin.buffer.readline().rstrip(b"\r\n")

    client.sendall(sentence)
    # Tells the server that we have sent everything: its recv returns 0. We can still receive.
    client.shutdown(socket.SHUT_WR)

    # A stream does not mark where an answer ends. This one ends where the server closes.
    answer = b""
    while True:
        piece = client.recv(1024)
        if not piece:
            break
        answer += piece
except OSError as error:
    sys.exit(f"{host} port {port}: {error}")
print("From server:", answer.decode(errors="replace"))
client.close()
