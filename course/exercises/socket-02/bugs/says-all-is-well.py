# Fails unknown-name: a name that does not exist is reported as success.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("Socket created: descriptor", client.fileno())

try:
    address = socket.gethostbyname(host)
except OSError as error:
    address = None
print(host, "is", address)
