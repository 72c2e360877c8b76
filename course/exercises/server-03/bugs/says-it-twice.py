# Fails answer: the line comes back twice.
import socket
import sys

server = socket.create_server(("", int(sys.argv[1])))
client, _ = server.accept()
if data := client.recv(1024):
    client.sendall(data + data)
client.close()
