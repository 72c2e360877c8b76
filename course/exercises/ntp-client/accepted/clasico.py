# El cliente clasico: sin comprobaciones, servidor y puerto escritos en el programa.
from socket import AF_INET, SOCK_DGRAM
import socket
import struct
import sys
import time

TIEMPO1970 = 2208988800

client = socket.socket(AF_INET, SOCK_DGRAM)
data = b'\x1b' + 47 * b'\0'
client.sendto(data, ('pool.ntp.org', 123))
data, address = client.recvfrom(1024)
if data:
    print('Respuesta recibida de:', address)
t = struct.unpack('!12I', data)[10]
t -= TIEMPO1970
print('\tHora = %s' % time.ctime(t))
