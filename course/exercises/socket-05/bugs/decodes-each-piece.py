# Fails accents: each piece is decoded by itself, although a letter may be in two of them.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)

port = int(sys.argv[2]) if len(sys.argv) > 2 else 80

try:
    address = socket.gethostbyname(host)
    print(host, "is", address)

    message = f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"

    endpoint = (address, port)

    client.connect(endpoint)

    client.sendall(message.encode())

    # One recv returns what has arrived so far; b"" means that the server has closed.
    answer = ""
    while True:
        piece = client.recv(4096)
        if not piece:
            break
        answer += piece.decode(errors="replace")
except OSError as error:
    sys.exit(f"{host}: {error}")

sys.stdout.flush()
print(answer)
client.close()
