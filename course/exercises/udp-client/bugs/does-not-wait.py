# Fails answer: it looks once, without waiting, whether the answer is there.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 12000

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sentence = sys.stdin.buffer.readline().rstrip(b"\r\n")
client.sendto(sentence, (host, port))
client.setblocking(False)
try:
    print(client.recv(65536).decode(errors="replace"))
except BlockingIOError:
    print("no answer yet")
client.close()
