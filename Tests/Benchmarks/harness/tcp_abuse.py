"""A program: peers that connect and send half a message, and peers that ask and never read.

    tcp_abuse.py HALF_OPEN DEAF

Prints READY, opens again what the server closes, and at the end of standard input prints what it
did."""

import contextlib
import resource
import select
import socket
import sys
import time

SOURCE = "127.10.4.2"
SERVER = ("127.10.0.1", 25060)
HALF = b"INVITE sip:+15551234567@example.net SIP/2.0\r\nVia: SIP/2.0/TCP 127.10.4.2;branch="
# It goes no further than the server, which has to answer it (RFC 3261 §16.3).
REQUEST = (
    "OPTIONS sip:bob@example.net SIP/2.0\r\n"
    "Via: SIP/2.0/TCP {source}:{port};branch=z9hG4bK-{number};alias\r\n"
    "Max-Forwards: 0\r\nFrom: <sip:a@example.com>;tag={number}\r\nTo: <sip:bob@example.net>\r\n"
    "Call-ID: deaf-{port}-{number}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)
BATCH = 50
# How long the deaf ones push before it is said that all is ready: until what the server has for them
# fills its buffers and the kernel's. After that they do no more than keep them full, so that this
# program takes no time from the calls that are measured.
PRIME, TICK = 6, 0.2


def requests(port):
    numbers = range(BATCH)
    texts = [REQUEST.format(source=SOURCE, port=port, number=x) for x in numbers]
    return "".join(texts).encode()


class Peer:
    """One connection, opened again when the server has closed it."""

    def __init__(self, deaf):
        self.deaf, self.closed, self.sent = deaf, 0, 0
        self.unsent = b""
        self.connect()

    def connect(self):
        self.socket = socket.socket()
        if self.deaf:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.bind((SOURCE, 0))
        self.socket.settimeout(2)
        self.socket.connect(SERVER)
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.batch = requests(self.port) if self.deaf else b""
        self.unsent = self.batch if self.deaf else HALF

    def send(self):
        """As much as the server takes."""
        if self.deaf and not self.unsent:
            self.unsent = self.batch
            self.sent += BATCH
        try:
            taken = self.socket.send(self.unsent) if self.unsent else 0
            self.unsent = self.unsent[taken:]
            return taken > 0
        except BlockingIOError:
            return False

    def is_closed(self):
        """Whether the server closed it: a deaf peer learns it when it sends, and never reads."""
        if self.deaf:
            return False
        try:
            return self.socket.recv(1) == b""
        except BlockingIOError:
            return False

    def push(self):
        try:
            if not self.is_closed():
                return self.send()
        except OSError:
            pass
        self.closed += 1
        self.socket.close()
        with contextlib.suppress(OSError):
            self.connect()
        return False


def report(peers):
    half = sum(peer.closed for peer in peers if not peer.deaf)
    deaf = sum(peer.closed for peer in peers if peer.deaf)
    asked = sum(peer.sent for peer in peers)
    print(f"half_open_closed={half} deaf_closed={deaf} asked={asked}", flush=True)


def input_ended(seconds):
    return bool(select.select([sys.stdin], [], [], seconds)[0])


def prime(deaf):
    """Pushes until none gets on, for a while at most."""
    end = time.monotonic() + PRIME
    while time.monotonic() < end:
        if not any([peer.push() for peer in deaf]):
            time.sleep(TICK)


def main():
    half_open, deaf = int(sys.argv[1]), int(sys.argv[2])
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    peers = [Peer(False) for _ in range(half_open)] + [Peer(True) for _ in range(deaf)]
    for peer in peers:
        peer.push()
    prime([peer for peer in peers if peer.deaf])
    print("READY", flush=True)
    while not input_ended(TICK):
        # A little of the half-open ones each time, so that no long work stands between two looks.
        for peer in peers[-deaf:]:
            peer.push()
        for peer in peers[:20]:
            peer.push()
        peers[:half_open] = peers[20:half_open] + peers[:20]
    report(peers)


main()
