# Fails as-typed: each byte becomes a datagram of its own.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 12000

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

print("Input lowercase sentence: ", end="", flush=True)
sentence = sys.stdin.buffer.readline().rstrip(b"\r\n")

# One call, one datagram, even an empty one.
if not sentence:
    client.sendto(b"", (host, port))
for byte in sentence:
    client.sendto(bytes([byte]), (host, port))

# The buffer must hold the largest datagram: what does not fit is discarded.
answer, server = client.recvfrom(65536)
print("From", server)
print(answer.decode(errors="replace"))
client.close()
