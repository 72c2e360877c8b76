"""The course's UDPServer: upper-cases each datagram, and returns bytes that are not text unchanged."""
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print("port", server.getsockname()[1], flush=True)
while True:
    message, client = server.recvfrom(65536)
    print("received", message.hex() or "nothing", flush=True)
    try:
        message = message.decode().upper().encode()
    except UnicodeDecodeError:
        pass
    server.sendto(message, client)
