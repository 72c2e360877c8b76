# server-03: answer one client, and exit.
#
# Run: python3 server-03.py [PORT]

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    # GAP bind
    server.bind(("", port))
    # END
    # GAP listen
    server.listen(10)
    # END
except OSError as error:
    sys.exit(f"port {port}: {error}")
print("Listening on port", port)

# GAP accept -> client, address
client, address = server.accept()
# END
print("Connected:", address)

# GAP receive -> data
data = client.recv(1024)
# END
print("Received", len(data), "bytes")

# 0 bytes: the client closed without sending anything, so there is nothing to answer.
if data:
    # GAP send
    client.sendall(b"OK..." + data)
    # END

# GAP close
client.close()
server.close()
# END
