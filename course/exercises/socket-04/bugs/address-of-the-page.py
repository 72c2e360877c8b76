# Fails host: Host takes the name of the host, not the address of the page. It waits for the answer, for three seconds at most.

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 80

message = f"GET / HTTP/1.1\r\nHost: http://{host}/\r\nConnection: close\r\n\r\n"

try:
    client = socket.create_connection((host, port))
    client.settimeout(3)
    client.sendall(message.encode())
    answer = b""
    while piece := client.recv(4096):
        answer += piece
except OSError as error:
    sys.exit(f"{host} port {port}: {error}")
print(answer.decode(errors="replace"))
client.close()
