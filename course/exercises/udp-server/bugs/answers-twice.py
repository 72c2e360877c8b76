# Fails answer: every datagram is answered twice.
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", int(sys.argv[1])))
while True:
    data, client = server.recvfrom(65536)
    answer = data.decode(errors="replace").upper().encode()
    server.sendto(answer, client)
    server.sendto(answer, client)
