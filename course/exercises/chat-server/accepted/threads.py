# A thread for each client, and a lock around the list of them.
import socket
import sys
import threading

server = socket.create_server(("", int(sys.argv[1])))
clients, lock = [], threading.Lock()


def serve(client):
    for line in client.makefile("rb"):
        with lock:
            for other in [other for other in clients if other is not client]:
                other.sendall(line)
    with lock:
        clients.remove(client)
    client.shutdown(socket.SHUT_RDWR)


while True:
    client, _ = server.accept()
    with lock:
        clients.append(client)
    threading.Thread(target=serve, args=(client,), daemon=True).start()
