# Con makefile, linea a linea, y otro servidor escrito en el programa.
import socket

s = socket.create_connection(('time-a-g.nist.gov', 13))
for linea in s.makefile('r', newline=''):
    print('Servidor>', linea, end='')
s.close()
