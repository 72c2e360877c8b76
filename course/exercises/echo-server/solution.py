# echo-server: send back whatever arrives (RFC 862).
#
# Run: python3 echo-server.py [PORT]

import socket
import sys
import threading

port = int(sys.argv[1]) if len(sys.argv) > 1 else 10000


def echo(client, address):
    print("Connected:", address)
    try:
        # A stream has no message boundaries: each piece goes back as it arrived.
        # GAP echo
        while True:
            piece = client.recv(4096)
            if not piece:
                break
            client.sendall(piece)
        # END
    except OSError as error:
        print(address, error)
    # GAP close
    client.close()
    # END


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
# GAP reuse
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
# END
try:
    # GAP bind
    server.bind(("", port))
    # END
    # GAP listen
    server.listen(5)
    # END
except OSError as error:
    sys.exit(f"port {port}: {error}")
print("Listening on port", port)

while True:
    # GAP accept -> client, address
    client, address = server.accept()
    # END
    # While one client is silent, the others are served: a thread for each.
    # GAP thread
    threading.Thread(target=echo, args=(client, address), daemon=True).start()
    # END
