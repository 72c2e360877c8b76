# Starts the real server as a child, and waits for it.
import subprocess
import sys

SERVER = '''
import socket, sys, threading
def serve(client):
    while data := client.recv(65536):
        client.sendall(data)
    client.close()
server = socket.create_server(("", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
'''

sys.exit(subprocess.call([sys.executable, "-c", SERVER, sys.argv[1]]))
