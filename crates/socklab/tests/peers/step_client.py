"""What `telnet localhost 8888` does with a step server, without the keyboard.

step_client.py PORT [greeting]: connects, reads the greeting if there is one, and sends each line of
its input, reading the answer to it before the next. Then it closes. What it received it prints.
"""
import socket
import sys

answers = sys.stdout.buffer
client = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=60)


def receive_line():
    line = b""
    while not line.endswith(b"\n"):
        piece = client.recv(1024)
        if not piece:
            break
        line += piece
    return line


if sys.argv[2:] == ["greeting"]:
    answers.write(receive_line())
for line in sys.stdin.buffer:
    client.sendall(line)
    answers.write(receive_line())
client.close()
