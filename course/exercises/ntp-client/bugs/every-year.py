# Fails time: it prints every year there is, so that the right one is among them.

import os
import socket
import sys
import time

host = sys.argv[1] if len(sys.argv) > 1 else "pool.ntp.org"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 123


def is_answer(reply):
    good = len(reply) >= 48 and reply[0] >> 6 != 3 and 1 <= reply[1] <= 15
    return good and reply[24:32] == request[40:48]


request = bytes([0x23]) + bytes(39) + os.urandom(8)
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
deadline = time.monotonic() + 2
try:
    client.sendto(request, (host, port))
    while True:
        client.settimeout(max(deadline - time.monotonic(), 0.001))
        reply, server = client.recvfrom(512)
        if is_answer(reply):
            break
except OSError as error:
    sys.exit(f"{host} port {port}: {error}")
for year in range(2000, 2070):
    print(year)
client.close()
