# Responde a un cliente y termina; puerto 8888 fijo.
import socket
import sys

HOST = ''
PORT = 8888

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print('Socket creado')
try:
    s.bind((HOST, PORT))
except socket.error as msg:
    print('Fallo en bind. Codigo de error: ' + str(msg.errno) + ' Mensaje: ' + str(msg.strerror))
    sys.exit()
print('bind hecho')
s.listen(10)
print('El socket esta escuchando')

conn, addr = s.accept()
print('Conectado con ' + addr[0] + ':' + str(addr[1]))
data = conn.recv(1024)
conn.sendall(data)
conn.close()
s.close()
