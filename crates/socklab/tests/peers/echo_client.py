"""The course's echo client: sends its input, and asks for 16 bytes until all of it came back.

echo_client.py PORT. What came back is printed as it is.
"""
import socket
import sys
import threading

message = sys.stdin.buffer.read()
sock = socket.create_connection(("localhost", int(sys.argv[1])), timeout=60)

# A long message fills the buffers on the way: another thread must read while we write.
writer = threading.Thread(target=sock.sendall, args=(message,))
writer.start()

amount_received = 0
while amount_received < len(message):
    data = sock.recv(16)
    if not data:
        sys.exit(f"closed after {amount_received} of {len(message)} bytes")
    amount_received += len(data)
    sys.stdout.buffer.write(data)
writer.join()
sock.close()
