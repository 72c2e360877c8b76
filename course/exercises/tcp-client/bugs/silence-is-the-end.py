# Fails pieces: half a second of silence is not the end of the answer.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
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
    client.settimeout(0.5)
    answer = b""
    while True:
        try:
            piece = client.recv(1024)
        except TimeoutError:
            break
        if not piece:
            break
        answer += piece
except OSError as error:
    sys.exit(f"{host} port {port}: {error}")
print("From server:", answer.decode(errors="replace"))
client.close()
