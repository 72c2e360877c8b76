# Envia la frase con su salto de linea, en trozos de 4 bytes, y espera el eco de cada uno.
import socket
import sys

s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
frase = input('Mensaje: ').encode() + b'\n'
for i in range(0, len(frase), 4):
    trozo = frase[i:i + 4]
    s.sendall(trozo)
    eco = b''
    while len(eco) < len(trozo):
        eco += s.recv(4)
    print('Eco:', eco)
s.close()
