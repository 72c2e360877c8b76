# socket-02: a socket, and the address of the server we want to talk to.
#
# Run: python3 socket-02.py [HOST]

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"

# GAP socket -> client
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
# END
print("Socket created: descriptor", client.fileno())

try:
    # GAP address -> address
    address = socket.gethostbyname(host)
    # END
except OSError as error:
    sys.exit(f"resolve {host}: {error}")
print(host, "is", address)
