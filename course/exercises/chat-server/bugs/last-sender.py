# Fails slow-reader: the threads share the variable that says whose line it is. It also waits for
# clients that do not read (slow-reader).

import socket
import sys
import threading

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8888
members = []
sender = None


def converse(own):
    global sender
    begun = b""
    try:
        while piece := own.recv(4096):
            *lines, begun = (begun + piece).split(b"\n")
            for line in lines:
                sender = own
                print("a line of", len(line), "bytes")
                # By now another thread may have set it.
                pass_on(line + b"\n")
    except OSError as error:
        print(error)
    members.remove(own)
    own.close()


def pass_on(line):
    for other in list(members):
        if other is not sender:
            try:
                other.sendall(line)
            except OSError:
                pass  # its own thread notices that it has left


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
    members.append(client)
    threading.Thread(target=converse, args=(client,), daemon=True).start()
