# Fails repeated-block: it prints whatever block comes, also one that it has.
import socket
import sys
import time

DATA, ACK = 1, 2  # types of datagrams
BLOCK = 512  # bytes; a block with fewer is the last one
PATIENCE = 0.2  # seconds until a block is sent again
TRIES = 10
# The receiver is done 1 s after it has answered the last block, and gives up after 3 s without any.
LINGER, SILENCE = 1, 3


def checksum(datagram):
    """RFC 1071: add all words of 16 bits, add what was carried, invert."""
    if len(datagram) % 2 == 1:
        datagram += b"\0"
    words = [datagram[at] << 8 | datagram[at + 1] for at in range(0, len(datagram), 2)]
    total = sum(words)
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


def pack(kind, number, data=b""):
    """A datagram: type, block number, checksum, data."""
    total = checksum(bytes([kind, number, 0, 0]) + data)
    return bytes([kind, number, total >> 8, total & 0xFF]) + data


def unpack(datagram):
    """Type, block number and data; None if the datagram was damaged on its way."""
    # With the sender's checksum in it, the checksum of an intact datagram is 0.
    if len(datagram) < 4 or checksum(datagram) != 0:
        return None
    return datagram[0], datagram[1], datagram[4:]


def deliver(client, number, data):
    """Sends one block until it is acknowledged, ten times at most. Returns whether it was."""
    for _ in range(TRIES):
        deadline = time.monotonic() + PATIENCE
        try:
            client.send(pack(DATA, number, data))
        except OSError:
            pass  # ICMP said that nobody is at that port: as good as lost.
        while (left := deadline - time.monotonic()) > 0:
            client.settimeout(left)
            try:
                if unpack(client.recv(2048)) == (ACK, number, b""):
                    return True
            except OSError:
                pass  # The time is up, or nobody is there.
    return False


def send(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect((host, port))
        data = sys.stdin.buffer.read()
        number = 1
        # One block more than seems necessary if the file ends where a block ends: an empty one.
        for start in range(0, len(data) + 1, BLOCK):
            if not deliver(client, number, data[start : start + BLOCK]):
                sys.exit(f"{host} port {port} does not acknowledge block {number}")
            number = (number + 1) % 256


def receive(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("", port))
        expected, complete = 1, False
        while True:
            try:
                datagram, sender = server.recvfrom(2048)
            except TimeoutError:
                if complete:
                    return
                sys.exit("no more blocks come: the copy is not complete")
            intact = unpack(datagram)
            if intact is None or intact[0] != DATA:
                continue
            _, number, data = intact
            if not complete:
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
                expected = (expected + 1) % 256
                complete = len(data) < BLOCK
            # Also if it came before: then our answer was lost.
            server.sendto(pack(ACK, number), sender)
            server.settimeout(LINGER if complete else SILENCE)


try:
    if sys.argv[1] == "send":
        send(sys.argv[2], int(sys.argv[3]))
    else:
        receive(int(sys.argv[2]))
except OSError as error:
    sys.exit(f"{' '.join(sys.argv[1:])}: {error}")
