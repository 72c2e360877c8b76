# Cliente de eco: envia siempre la misma frase y la lee en trozos de 16 bytes.
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
servidor = ('localhost', 10000)
print('Conectando a %s puerto %s' % servidor)
sock.connect(servidor)

try:
    mensaje = b'Este es el mensaje.  Sera repetido.'
    print('Enviando "%s"' % mensaje)
    sock.sendall(mensaje)

    recibidos = 0
    esperados = len(mensaje)
    while recibidos < esperados:
        datos = sock.recv(16)
        recibidos += len(datos)
        print('Recibido "%s"' % datos, file=sys.stderr)
finally:
    print('Cerrando el socket')
    sock.close()
