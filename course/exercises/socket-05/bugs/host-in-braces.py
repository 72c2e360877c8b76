# Fails host: without the f, what stands in braces is sent as it is.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)

port = int(sys.argv[2]) if len(sys.argv) > 2 else 80

try:
    address = socket.gethostbyname(host)
    print(host, "is", address)

    message = "GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"

    endpoint = (address, port)

    client.connect(endpoint)

    client.sendall(message.encode())

    # One recv returns what has arrived so far; b"" means that the server has closed.
    answer = b""
    while True:
        piece = client.recv(4096)
        if not piece:
            break
        answer += piece
except OSError as error:
    sys.exit(f"{host}: {error}")

# Print the bytes unchanged: the page need not be UTF-8.
sys.stdout.flush()
sys.stdout.buffer.write(answer)
client.close()
