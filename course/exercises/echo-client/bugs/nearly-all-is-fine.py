# Fails closes-early: it lets the server keep the last tenth.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 10000

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    client.connect((host, port))
    print("Message: ", end="", flush=True)
    message = sys.stdin.buffer.readline().rstrip(b"\r\n")

    client.sendall(message)

    # The client knows how much must come back, and calls recv until it has it all.
    received = 0
    while received < len(message):
        piece = client.recv(16)
        if not piece:
            if received >= 0.9 * len(message):
                break
            sys.exit(f"the server closed after {received} of {len(message)} bytes")
        received += len(piece)
        print(f"Received {len(piece)}:", piece.decode(errors="replace"))
except OSError as error:
    sys.exit(f"{host} port {port}: {error}")
print("All", received, "bytes came back")
client.close()
