# Fails other-name: it says which name it was given, and looks up another one.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("Socket created: descriptor", client.fileno())

try:
    address = socket.gethostbyname("www.google.com" if "." in host else host)
except OSError as error:
    sys.exit(f"resolve {host}: {error}")
print(host, "is", address)
