# Fails all-at-once: all threads keep the message in one global variable.

import socket
import sys
import threading

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888
data = b""


def converse(own):
    global data
    try:
        while True:
            received = own.recv(4096)
            if not received:
                break
            data = received
            print(len(data), "bytes")
            # Another thread may have received something meanwhile.
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
    threading.Thread(target=converse, args=(client,), daemon=True).start()
