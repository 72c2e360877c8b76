"""A web server for socket-03, 04 and 05, which is as strict as RFC 9112 allows.

Prints what each client sent until its direction ended or its request was complete. A request
without exactly one Host gets 400. The page is ISO 8859-1, so it is no UTF-8, and is sent in pieces.
"""
import socket

PAGE = "<p>¡Hola, señor ñandú!</p>\n".encode("latin-1") * 1000

listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
print("port", port, flush=True)
while True:
    client, address = listener.accept()
    request = b""
    while not request.endswith(b"\r\n\r\n") and (piece := client.recv(1024)):
        request += piece
    print("request", repr(request), flush=True)
    if request:
        first, *fields = request.decode("ascii").split("\r\n")[:-2]
        hosts = [field for field in fields if field.lower().startswith("host:")]
        valid = first == "GET / HTTP/1.1" and hosts == [f"Host: 127.0.0.1:{port}"]
        status = "200 OK" if valid else "400 Bad Request"
        page = PAGE if valid else b"no\n"
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n"
        answer = head.encode() + page
        try:
            for at in range(0, len(answer), 1000):
                client.sendall(answer[at : at + 1000])
        except ConnectionError:
            pass  # socket-04 does not stay for the answer
    client.close()
