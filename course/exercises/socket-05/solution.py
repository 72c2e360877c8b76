# socket-05: ask a web server for its page, and receive all of it.
#
# Run: python3 socket-05.py [HOST [PORT]]

import socket
import sys

host = sys.argv[1] if len(sys.argv) > 1 else "www.google.com"

# GAP socket -> client
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
# END

# GAP port -> port
port = int(sys.argv[2]) if len(sys.argv) > 2 else 80
# END

try:
    # GAP address -> address
    address = socket.gethostbyname(host)
    # END
    print(host, "is", address)

    # GAP message -> message
    message = f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    # END

    # GAP endpoint -> endpoint
    endpoint = (address, port)
    # END

    # GAP connect
    client.connect(endpoint)
    # END

    # GAP send
    client.sendall(message.encode())
    # END

    # One recv returns what has arrived so far; b"" means that the server has closed.
    # GAP receive -> answer
    answer = b""
    while True:
        piece = client.recv(4096)
        if not piece:
            break
        answer += piece
    # END
except OSError as error:
    sys.exit(f"{host}: {error}")

# Print the bytes unchanged: the page need not be UTF-8.
sys.stdout.flush()
sys.stdout.buffer.write(answer)
client.close()
