# tcp-client: connect, send a sentence, read the answer to its end.
#
# Run: python3 tcp-client.py [HOST [PORT]]

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "localhost"
port = int(sys.argv[2]) if len(sys.argv) > 2 else 12000

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
try:
    # GAP connect
    client.connect((host, port))
    # END
    print("Input lowercase sentence: ", end="", flush=True)
    sentence = sys.stdin.buffer.readline().rstrip(b"\r\n")

    # GAP send
    client.sendall(sentence)
    # END
    # Tells the server that we have sent everything: its recv returns 0. We can still receive.
    # GAP shutdown
    client.shutdown(socket.SHUT_WR)
    # END

    # A stream does not mark where an answer ends. This one ends where the server closes.
    # GAP receive -> answer
    answer = b""
    while True:
        piece = client.recv(1024)
        if not piece:
            break
        answer += piece
    # END
except OSError as error:
    sys.exit(f"{host} port {port}: {error}")
print("From server:", answer.decode(errors="replace"))
client.close()
