# Fails other-name: what is no number is localhost, whatever the user asks for.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("Socket created: descriptor", client.fileno())

try:
    if host.replace(".", "").isdigit():
        address = host
    else:
        address = socket.gethostbyname("localhost")
except OSError as error:
    sys.exit(f"resolve {host}: {error}")
print(host, "is", address)
