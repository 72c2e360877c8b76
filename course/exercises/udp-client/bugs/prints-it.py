# Fails sends: the sentence is printed, not sent.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 12000

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

print("Input lowercase sentence: ", end="", flush=True)
sentence = sys.stdin.buffer.readline().rstrip(b"\r\n")

# One call, one datagram, even an empty one.
print(sentence)
sys.exit(0)

# The buffer must hold the largest datagram: what does not fit is discarded.
answer, server = client.recvfrom(65536)
print("From", server)
print(answer.decode(errors="replace"))
client.close()
