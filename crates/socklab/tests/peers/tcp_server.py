"""The course's TCPServer: reads one sentence to its end, answers in upper case, closes."""
import socket

listener = socket.create_server(("127.0.0.1", 0), backlog=1)
print("port", listener.getsockname()[1], flush=True)
while True:
    client, (host, port) = listener.accept()
    sentence = b""
    while piece := client.recv(1024):
        sentence += piece
    print(f"from {host}:{port}:", sentence.hex() or "nothing", flush=True)
    try:
        sentence = sentence.decode().upper().encode()
    except UnicodeDecodeError:
        pass
    client.sendall(sentence)
    client.close()
