# socket-03: connect to a server.
#
# Run: python3 socket-03.py [HOST [PORT]]

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 80

# GAP socket -> client
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
# END

try:
    # GAP address -> address
    address = socket.gethostbyname(host)
    # END
    # GAP connect
    client.connect((address, port))
    # END
except OSError as error:
    sys.exit(f"connect to {host} port {port}: {error}")
print("Connected to", address)

# GAP close
client.close()
# END
