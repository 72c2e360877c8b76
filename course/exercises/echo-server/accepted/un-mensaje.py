# Servidor de eco: un mensaje por conexion, en trozos de 16 bytes, puerto fijo.
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
direccion = ('', 8888)
print('Arrancando en %s puerto %s' % direccion)
sock.bind(direccion)
sock.listen(1)

while True:
    print('Esperando conexion...')
    conexion, cliente = sock.accept()
    try:
        print('Conexion desde', cliente)
        datos = conexion.recv(16)
        print('Recibido "%s"' % datos)
        if datos:
            print('Devolviendo los datos al cliente')
            conexion.sendall(datos)
        else:
            print('No hay mas datos de', cliente)
    finally:
        conexion.close()
