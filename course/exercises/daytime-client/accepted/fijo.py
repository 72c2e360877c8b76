# Un recv, servidor y puerto escritos en el programa.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(('time.nist.gov', 13))
print('La hora es:', s.recv(1024).decode())
s.close()
