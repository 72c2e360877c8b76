import array, os, select, socket, threading
listener = socket.socket(); listener.bind(("127.0.0.1", 0)); listener.listen()
def serve():
    peer, _ = listener.accept()
    while data := peer.recv(64):
        peer.sendall(data)
    peer.close()
thread = threading.Thread(target=serve); thread.start()
near = socket.create_connection(listener.getsockname())
near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for payload in (b"hola\r\n", bytes(32), b"\xff\x00binary", "año".encode()):
    near.sendall(payload)
    select.select([near], [], [], 1)
    near.recv(64)
near.close(); thread.join()
try:
    socket.create_connection(("127.0.0.1", 1))
except OSError:
    pass
one, two = socket.socketpair()
one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [two.fileno()]))])
two.recvmsg(16, socket.CMSG_SPACE(4))
udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); udp.bind(("::1", 0))
udp.sendto(b"to myself", udp.getsockname())
udp.recvfrom(100, socket.MSG_DONTWAIT)
named = socket.socket(socket.AF_UNIX); named.bind("\0socklab-version-1"); named.listen(1)
