# Dice que no enviara nada, y espera a que cierre tambien el servidor.
import socket
import sys

s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
s.shutdown(socket.SHUT_WR)
while s.recv(100):
    pass
s.close()
