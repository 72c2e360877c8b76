# Fails empty: the word quit ends the server.

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 12000

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    server.bind(("", port))
except OSError as error:
    sys.exit(f"port {port}: {error}")
print("The server is ready to receive on port", port)

while True:
    # The datagram came with its sender: that is where to answer.
    message, client = server.recvfrom(65536)
    # Letters, not bytes: ñ is two bytes in UTF-8. Bytes that are not UTF-8 stay as they are.
    answer = message.decode("utf-8", "surrogateescape").upper()
    answer = answer.encode("utf-8", "surrogateescape")
    if answer.strip() == b"QUIT":
        break
    try:
        server.sendto(answer, client)
    except OSError as error:
        print(client, error)
