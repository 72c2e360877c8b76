# Servidor de eco: trozos de 16 bytes hasta que el cliente cierra; --port N como en el curso.
import argparse
import socket

analizador = argparse.ArgumentParser(description='Servidor de eco')
analizador.add_argument('puerto', nargs='?', type=int)
analizador.add_argument('--port', type=int, default=10000)
opciones = analizador.parse_args()
puerto = opciones.puerto or opciones.port

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
print('Arrancando el servidor de eco en el puerto %d' % puerto)
sock.bind(('localhost', puerto))
sock.listen(5)

while True:
    cliente, direccion = sock.accept()
    while True:
        datos = cliente.recv(16)
        if not datos:
            break
        print('Datos: %s' % datos)
        cliente.send(datos)
    cliente.close()
