# Fails as-typed: several blanks become one.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 12000

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

print("Input lowercase sentence: ", end="", flush=True)
sentence = b" ".join(sys.stdin.buffer.readline().split())

# One call, one datagram, even an empty one.
client.sendto(sentence, (host, port))

# The buffer must hold the largest datagram: what does not fit is discarded.
answer, server = client.recvfrom(65536)
print("From", server)
print(answer.decode(errors="replace"))
client.close()
