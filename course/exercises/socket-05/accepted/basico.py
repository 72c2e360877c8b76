# Como en el curso: mensajes en español y los errores como texto.
import socket
import sys

try:
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
except socket.error as msg:
    print('No se pudo crear el socket: ' + str(msg))
    sys.exit()
print('Socket creado')

host = sys.argv[1]
port = int(sys.argv[2])

try:
    remote_ip = socket.gethostbyname(host)
except socket.gaierror:
    print('No se pudo resolver el nombre')
    sys.exit()
print('La direccion IP de ' + host + ' es ' + remote_ip)

s.connect((remote_ip, port))
print('Socket conectado a ' + host + ' en la IP ' + remote_ip)

message = 'GET / HTTP/1.1\r\n\r\n'
try:
    s.sendall(message.encode())
except socket.error:
    print('Fallo al enviar')
    sys.exit()
print('Mensaje enviado correctamente')

reply = s.recv(4096)
print(reply)
