# Atiende a un cliente tras otro; puerto 8888 fijo.
import socket
import sys

HOST = ''
PORT = 8888

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    s.bind((HOST, PORT))
except socket.error as msg:
    print('Fallo en bind: ' + str(msg))
    sys.exit()
s.listen(10)
print('Escuchando')

while 1:
    conn, addr = s.accept()
    print('Conectado con ' + addr[0] + ':' + str(addr[1]))
    data = conn.recv(1024)
    reply = b'OK...' + data
    if not data:
        break
    conn.sendall(reply)
    conn.close()
s.close()
