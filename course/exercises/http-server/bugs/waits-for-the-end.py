# Fails page: it answers when the browser has ended its stream, and a browser waits for its answer.

import mimetypes
import os
import socket
import sys
import threading
from urllib.parse import unquote

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
root = os.path.realpath(sys.argv[2] if len(sys.argv) > 2 else ".")


def find(path):
    """The file that a path such as /photo.png names, or None."""
    file = os.path.realpath(root + "/" + unquote(path.split("?")[0]))
    # realpath has resolved "..": a file that is not below our folder must not be sent.
    if not file.startswith(root.rstrip("/") + "/") and file != root:
        return None
    if os.path.isdir(file):
        file = os.path.join(file, "index.html")
    return file if os.path.isfile(file) else None


def answer(status, kind, body):
    """The whole answer, in bytes; whoever calls this sends it."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return (head + "Connection: close\r\n\r\n").encode() + body


def serve(client, address):
    try:
        request = b""
        while True:
            piece = client.recv(4096)
            if not piece:
                break
            request += piece
        words = request.split(b"\r\n")[0].decode(errors="replace").split(" ")
        if not request:
            pass  # it closed without sending anything
        elif len(words) != 3:
            client.sendall(answer("400 Bad Request", "text/plain", b"What?\n"))
        elif words[0] != "GET":
            client.sendall(answer("501 Not Implemented", "text/plain", b"Only GET\n"))
        elif file := find(words[1]):
            kind = mimetypes.guess_type(file)[0] or "application/octet-stream"
            with open(file, "rb") as opened:
                client.sendall(answer("200 OK", kind, opened.read()))
        else:
            client.sendall(answer("404 Not Found", "text/plain", b"Not found\n"))
        print(address, words)
    except (OSError, ValueError) as error:
        print(address, error)
    client.close()


server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    server.bind(("", port))
    server.listen(10)
except OSError as error:
    sys.exit(f"port {port}: {error}")
print(f"Open http://localhost:{port}/")

while True:
    client, address = server.accept()
    # A browser opens several connections, and may send nothing on some of them.
    threading.Thread(target=serve, args=(client, address), daemon=True).start()
