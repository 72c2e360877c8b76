# udp-client: send one datagram, wait for one datagram.
#
# Run: python3 udp-client.py [HOST [PORT]]

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 12000

# GAP socket -> client
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
# END

print("Input lowercase sentence: ", end="", flush=True)
sentence = sys.stdin.buffer.readline().rstrip(b"\r\n")

# One call, one datagram, even an empty one.
# GAP sendto
client.sendto(sentence, (host, port))
# END

# The buffer must hold the largest datagram: what does not fit is discarded.
# GAP recvfrom -> answer, server
answer, server = client.recvfrom(65536)
# END
print("From", server)
print(answer.decode(errors="replace"))
client.close()
