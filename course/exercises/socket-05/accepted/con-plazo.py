# Pregunta con select si hay algo que leer, tres segundos como mucho, y lee hasta el final.
import select
import socket
import sys

s = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3)
s.sendall(('GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' % sys.argv[1]).encode())
pagina = b''
while True:
    listos, _, _ = select.select([s], [], [], 3)
    if not listos:
        sys.exit('el servidor no responde')
    trozo = s.recv(2048)
    if not trozo:
        break
    pagina += trozo
print(pagina.decode('utf-8', 'replace'))
