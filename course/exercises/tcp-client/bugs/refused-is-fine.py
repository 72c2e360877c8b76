# Fails refused: a refused connection is reported as success. It never waits for more than three seconds.

import select
import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 12000

try:
    client = socket.create_connection((host, port), timeout=3)
    sentence = sys.stdin.buffer.readline().rstrip(b"\r\n")
    client.sendall(sentence)
    client.shutdown(socket.SHUT_WR)
    ready = select.poll()
    ready.register(client, select.POLLIN)
    answer = b""
    while True:
        if not ready.poll(3000):
            sys.exit("no answer within three seconds")
        piece = client.recv(1024)
        if not piece:
            break
        answer += piece
except OSError as error:
    print("Hm:", error)
    sys.exit(0)
print("From server:", answer.decode(errors="replace"))
client.close()
