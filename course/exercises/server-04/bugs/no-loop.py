# Fails next-client: no accept loop: after its first client it accepts no other one.

import signal
import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
# Lets us restart while connections of the last run are still in TIME_WAIT.
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    server.bind(("", port))
    server.listen(10)
except OSError as error:
    sys.exit(f"port {port}: {error}")
print("Listening on port", port)

for turn in range(1):
    client, address = server.accept()
    print("Connected:", address)
    try:
        data = client.recv(1024)
        if data:
            client.sendall(b"OK..." + data)
    except OSError as error:
        # One client has vanished. That must not end the server for the others.
        print(address, error)
    client.close()

# It stays, so that a case that kills its server finds it.
signal.pause()
