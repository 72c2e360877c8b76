"""A tiny SNTP server (RFC 4330) whose clock shows a given time.

ntp_server.py ahead SECONDS: this machine's clock, and so many seconds.
ntp_server.py fixed SECONDS: always this time (seconds since 1970), which may be in era 1.
"""
import socket
import struct
import sys
import time

FROM_1900_TO_1970 = 2_208_988_800


def now():
    seconds = float(sys.argv[2])
    if sys.argv[1] == "ahead":
        seconds += time.time()
    # 32 bits of seconds: the rest is the era, which NTP does not send.
    return int((seconds + FROM_1900_TO_1970) * 2**32) % 2**64


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print("port", server.getsockname()[1], flush=True)
while True:
    request, client = server.recvfrom(1024)
    received = now()
    version, mode = request[0] >> 3 & 7, request[0] & 7
    print(f"length {len(request)} version {version} mode {mode}", flush=True)
    first = version << 3 | 4
    head = struct.pack(">BBbbII4s", first, 3, 6, -20, 0, 65536 // 100, b"\x7f\0\0\1")
    origin = request[40:48]
    stamps = struct.pack(">Q8sQQ", received, origin, received, now())
    server.sendto(head + stamps, client)
