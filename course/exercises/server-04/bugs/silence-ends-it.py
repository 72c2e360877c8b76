# Fails silent: a client that closes without a word ends the server.

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
# Connections of the last run may linger in TIME_WAIT. This says that they don't count.
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    server.bind(("", port))
    server.listen(10)
except OSError as error:
    sys.exit(f"port {port}: {error}")
print("Listening on port", port)

while True:
    client, address = server.accept()
    print("Connected:", address)
    try:
        data = client.recv(1024)
        if not data:
            sys.exit("nothing came")
        client.sendall(b"OK..." + data)
    except OSError as error:
        # One client has vanished. The others must not lose the server for that.
        print(address, error)
    client.close()
