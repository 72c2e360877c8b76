# Un hilo por cliente; puerto 8888 fijo, saludo en español.
import socket
import sys
from _thread import start_new_thread

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


def clientthread(conn):
    conn.send('Bienvenido al servidor. Escribe algo y pulsa intro\n'.encode())
    while True:
        data = conn.recv(1024)
        reply = b'OK...' + data
        if not data:
            break
        conn.sendall(reply)
    conn.close()


while 1:
    conn, addr = s.accept()
    print('Conectado con ' + addr[0] + ':' + str(addr[1]))
    start_new_thread(clientthread, (conn,))
s.close()
