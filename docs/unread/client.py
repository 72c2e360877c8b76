import socket

server = socket.create_connection(("127.0.0.1", 12000))
server.sendall(b"hola hola hola hola hola hola\n")
print(server.recv(100))
