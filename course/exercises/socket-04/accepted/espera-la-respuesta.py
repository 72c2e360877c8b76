# Tambien lee la respuesta, como pide el siguiente paso del curso; el nombre va escrito.
import socket

s = socket.create_connection(('www.uniandes.edu.co', 80))
s.sendall(b'GET / HTTP/1.1\r\n')
s.sendall(b'Host:www.uniandes.edu.co\r\nConnection: close\r\n\r\n')
while True:
    datos = s.recv(1000)
    if not datos:
        break
    print(datos)
s.close()
