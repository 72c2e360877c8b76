# Fails answer: it sends its whole buffer.
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", int(sys.argv[1])))
while True:
    data, client = server.recvfrom(65536)
    answer = data.decode(errors="replace").upper().encode()
    server.sendto(answer.ljust(1024, b"\0"), client)
