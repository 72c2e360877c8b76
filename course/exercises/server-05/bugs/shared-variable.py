# Fails two-at-once: the threads share one variable: the last client gets all the answers.

import socket
import sys
import threading

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888


def converse(own, address):
    print("Connected:", address)
    try:
        own.sendall(b"Welcome to the server. Type something and hit enter\n")
        while True:
            data = own.recv(1024)
            if not data:
                break
            # The main thread may have accepted another one meanwhile.
            client.sendall(b"OK..." + data)
    except OSError as error:
        print(address, error)
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
    threading.Thread(target=converse, args=(client, address), daemon=True).start()
