# TCPClient.py, del libro, con los textos en español.
from socket import *

serverName = 'localhost'
serverPort = 12000
clientSocket = socket(AF_INET, SOCK_STREAM)
clientSocket.connect((serverName, serverPort))
sentence = input('Introduce una frase en minusculas: ')
clientSocket.send(sentence.encode())
modifiedSentence = clientSocket.recv(1024)
print('Del servidor:', modifiedSentence.decode())
clientSocket.close()
