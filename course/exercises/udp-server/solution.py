# udp-server: answer every datagram with its text in upper case.
#
# Run: python3 udp-server.py [PORT]

import socket
import sys

port = int(sys.argv[1]) if len(sys.argv) > 1 else 12000

# GAP socket -> server
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
# END
try:
    # GAP bind
    server.bind(("", port))
    # END
except OSError as error:
    sys.exit(f"port {port}: {error}")
print("The server is ready to receive on port", port)

while True:
    # The datagram came with its sender: that is where to answer.
    # GAP recvfrom -> message, client
    message, client = server.recvfrom(65536)
    # END
    # Letters, not bytes: ñ is two bytes in UTF-8. Bytes that are not UTF-8 stay as they are.
    # GAP upper -> answer
    answer = message.decode(errors="surrogateescape").upper().encode(errors="surrogateescape")
    # END
    try:
        # GAP sendto
        server.sendto(answer, client)
        # END
    except OSError as error:
        print(client, error)
