import socket

listener = socket.create_server(("127.0.0.1", 12000))
client, _ = listener.accept()
print(client.recv(16))
client.close()
