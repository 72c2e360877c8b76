# Fails all-at-once: the threads look for their client in a global variable.

import socket
import sys
import threading

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888
client = None


def converse():
    # By now the main thread may have accepted another client.
    own = client
    try:
        while data := own.recv(4096):
            own.sendall(data)
    except OSError as error:
        print(error)
    own.close()


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    server.bind(("", port))
    server.listen(10)
except OSError as error:
    sys.exit(f"port {port}: {error}")
print("Listening on port", port)

while True:
    client, address = server.accept()
    threading.Thread(target=converse, daemon=True).start()
