"""The course's echo server: 16 bytes at a time, one client after another.

echo_server.py [close|reset BYTES]: with a number it leaves the client after so many bytes, by
closing its direction (FIN) or by throwing the connection away (RST).
"""
import socket
import struct
import sys

how, limit = (sys.argv[1], int(sys.argv[2])) if len(sys.argv) > 2 else ("", None)

listener = socket.create_server(("127.0.0.1", 0))
print("port", listener.getsockname()[1], flush=True)
while True:
    client, address = listener.accept()
    total = 0
    while total != limit and (data := client.recv(min(16, (limit or sys.maxsize) - total))):
        client.sendall(data)
        total += len(data)
    if how == "close":
        client.shutdown(socket.SHUT_WR)
        # Unread bytes would turn the FIN into a RST.
        while client.recv(65536):
            pass
    if how == "reset":
        # Wait until the echo has arrived, or the RST would overtake it: SIOCOUTQ counts
        # unacknowledged bytes.
        import fcntl
        import termios
        while struct.unpack("i", fcntl.ioctl(client, termios.TIOCOUTQ, b"\0" * 4))[0]:
            pass
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    print("echoed", total, flush=True)
