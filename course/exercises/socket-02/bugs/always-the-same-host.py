# Fails other-name: the host is fixed, whatever the user asks for.

import socket
import sys

host = "localhost"

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("Socket created: descriptor", client.fileno())

try:
    address = socket.gethostbyname(host)
except OSError as error:
    sys.exit(f"resolve {host}: {error}")
print(host, "is", address)
