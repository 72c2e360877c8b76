# Como en el curso: el nombre de la maquina va escrito en el programa.
import socket
import sys

try:
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
except socket.error as msg:
    print('No se pudo crear el socket: ' + str(msg))
    sys.exit()
print('Socket creado')

host = 'www.google.com'
try:
    remote_ip = socket.gethostbyname(host)
except socket.gaierror:
    print('No se pudo resolver el nombre')
    sys.exit()
print('La direccion IP de ' + host + ' es ' + remote_ip)
