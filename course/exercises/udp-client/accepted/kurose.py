# UDPClient.py, del libro, con los textos en español.
from socket import *

serverName = 'localhost'
serverPort = 12000
clientSocket = socket(AF_INET, SOCK_DGRAM)
message = input('Introduce una frase en minusculas: ')
clientSocket.sendto(message.encode(), (serverName, serverPort))
modifiedMessage, serverAddress = clientSocket.recvfrom(2048)
print('Del servidor:', modifiedMessage.decode())
clientSocket.close()
