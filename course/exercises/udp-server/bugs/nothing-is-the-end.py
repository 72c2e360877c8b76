# Fails empty: it takes an empty datagram for the end of a stream.

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
    if not message:
        break
    answer = message.decode(errors="surrogateescape").upper().encode(errors="surrogateescape")
    try:
        server.sendto(answer, client)
    except OSError as error:
        print(client, error)
