# Fails time: it prints all the years that it could be.

import os
import socket
import struct
import sys
import time

host = sys.argv[1] if len(sys.argv) > 1 else "pool.ntp.org"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 123

# From 1 January 1900, when NTP time begins, to 1 January 1970, when Unix time does.
SECONDS_1900_TO_1970 = 2_208_988_800

# Byte 0: leap indicator 0 (2 bits), version 4 (3 bits), mode 3 = client (3 bits). Bytes 40 to 47:
# the transmit timestamp, which comes back as "origin". A random one can't be guessed.
request = bytes([0b00_100_011]) + bytes(39) + os.urandom(8)


def is_answer(reply):
    """Whether this is the answer of a server (mode 4) whose clock is set to our request."""
    return (
        len(reply) >= 48
        and reply[0] & 7 == 4
        and reply[0] >> 6 != 3
        and 1 <= reply[1] <= 15
        and reply[24:32] == request[40:48]
    )


def receive(client):
    """Returns the first good answer within two seconds. A bad one must not end the wait."""
    deadline = time.monotonic() + 2
    while True:
        client.settimeout(max(deadline - time.monotonic(), 0.001))
        reply = client.recv(512)
        if is_answer(reply):
            return reply
        print("An answer was rejected:", reply.hex(" "), file=sys.stderr)


client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    # For UDP, connect sends nothing: it sets the peer.
    client.connect((host, port))
    client.send(request)
    reply = receive(client)
except OSError as error:
    sys.exit(f"{host} port {port}: {error}")

# Four bytes, big-endian: seconds since 1900. A small number belongs to the era that begins
# on 7 February 2036.
(seconds,) = struct.unpack("!I", reply[40:44])
if seconds < 1 << 31:
    seconds += 1 << 32
for year in range(2007, 2061):
    print("It may be", year, "by now")
client.close()
