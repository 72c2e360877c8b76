# Fails says-nothing: it connects a second time, and says something there.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 80

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)

try:
    address = socket.gethostbyname(host)
    client.connect((address, port))
except OSError as error:
    sys.exit(f"connect to {host} port {port}: {error}")
print("Connected to", address)

client.close()

another = socket.create_connection((address, port))
another.sendall(b"hello?")
another.close()
