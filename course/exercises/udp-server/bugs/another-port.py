# Fails answer: it answers from a port that nobody asked.
import socket
import sys

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("", int(sys.argv[1])))
while True:
    data, client = server.recvfrom(65536)
    answer = data.decode(errors="replace").upper().encode()
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other.sendto(answer, client)
