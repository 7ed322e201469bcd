"""Every frame on LINK that speaks for one of the ADDRESSes (none named: for any), one line each, until standard input ends:

nanoseconds of the wall clock, the sender's hardware address, what it is, the address it speaks for.
The last line says how many frames the kernel had to drop before we saw them: a capture with losses proves nothing.
"""
import select
import socket
import struct
import sys

SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_STATISTICS, PROMISCUOUS = 263, 1, 6, 1
SO_TIMESTAMPNS, SO_RCVBUFFORCE = 35, 33

link = sys.argv[1]
wanted = {socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text): text for text in sys.argv[2:]}
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
raw.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
raw.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
raw.bind((link, 0))
raw.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, struct.pack("iHH8s", socket.if_nametoindex(link), PROMISCUOUS, 0, b""))


def claims(frame):
    """Which addresses the frame says to be its sender's, and by what."""
    kind = frame[12:14]
    if kind == b"\x08\x06":
        operation = {1: "arp-request", 2: "arp-reply"}.get(frame[21], "arp")
        # An ARP names its sender twice; a lie in either counts.
        for mac in {frame[6:12], frame[22:28]}:
            yield mac, operation, frame[28:32]
    elif kind == b"\x08\x00":
        yield frame[6:12], "ip", frame[26:30]
    elif kind == b"\x86\xdd":
        yield frame[6:12], "ip6", frame[22:38]
        if frame[20] == 58 and len(frame) >= 78 and frame[54] == 136:
            yield frame[6:12], "neighbour-advertisement", frame[62:78]


print("listening", flush=True)
while True:
    ready = select.select([raw, sys.stdin], [], [])[0]
    if raw in ready:
        frame, ancillary, _, _ = raw.recvmsg(65535, 64)
        seconds, nanoseconds = next(
            struct.unpack("qq", data) for level, kind, data in ancillary if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS
        )
        for mac, what, address in claims(frame):
            if not wanted or address in wanted:
                family = socket.AF_INET6 if len(address) == 16 else socket.AF_INET
                text = wanted.get(address) or socket.inet_ntop(family, address)
                print(seconds * 10**9 + nanoseconds, mac.hex(":"), what, text)
    elif sys.stdin in ready:
        break
_, dropped = struct.unpack("II", raw.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
print("dropped", dropped, flush=True)
