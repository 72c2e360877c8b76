# Fails address: the name is printed, but its address is never looked up.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("Socket created: descriptor", client.fileno())

try:
    address = host
except OSError as error:
    sys.exit(f"resolve {host}: {error}")
print(host, "is", address)
