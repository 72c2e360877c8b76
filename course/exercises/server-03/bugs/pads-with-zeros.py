# Fails answer: it sends its whole buffer.
import socket
import sys

server = socket.create_server(("", int(sys.argv[1])))
client, _ = server.accept()
if data := client.recv(1024):
    client.sendall(data.ljust(1024, b"\0"))
client.close()
