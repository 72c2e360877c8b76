# Fails address: it looks the name up, and prints what the address of this machine usually is.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("Socket created: descriptor", client.fileno())

try:
    address = socket.gethostbyname(host)
except OSError as error:
    sys.exit(f"resolve {host}: {error}")
print(host, "is", "127.0.0.1")
