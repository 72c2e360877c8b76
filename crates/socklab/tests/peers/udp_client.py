"""The course's UDPClient: its input is one datagram, and the answer is printed unchanged."""
import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(60)
client.sendto(sys.stdin.buffer.read(), ("localhost", int(sys.argv[1])))
answer, server = client.recvfrom(65536)
if server != ("127.0.0.1", int(sys.argv[1])):
    sys.exit(f"the answer came from {server}")
sys.stdout.buffer.write(answer)
client.close()
