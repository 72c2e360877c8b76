# Envia la frase con su salto de linea, en dos partes, y va escribiendo lo que llega.
import socket
import sys

s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
frase = input('Frase: ').encode() + b'\n'
s.sendall(frase[:5])
s.sendall(frase[5:])
s.shutdown(socket.SHUT_WR)
while True:
    datos = s.recv(16)
    if not datos:
        break
    print(datos.decode(), end='', flush=True)
print()
