"""The course's TCPClient, reading the answer to its end: prints its own address, and the answer."""
import socket
import sys

client = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60)
print("%s:%d" % client.getsockname(), file=sys.stderr)
client.sendall(sys.stdin.buffer.read())
client.shutdown(socket.SHUT_WR)
while piece := client.recv(1024):
    sys.stdout.buffer.write(piece)
client.close()
