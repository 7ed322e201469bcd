"""Sends frames from a link, each with a word of its own, or prints the words of frames that arrive on one.

send LINK: frames as lines of hex on standard input.   hear LINK MILLISECONDS WORD...: which words arrived.
"""
import select
import socket
import sys
import time

link = sys.argv[2]
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
raw.bind((link, 0))
if sys.argv[1] == "send":
    for line in sys.stdin:
        raw.send(bytes.fromhex(line.strip()))
else:
    end = time.monotonic() + int(sys.argv[3]) / 1000
    words = [word.encode() for word in sys.argv[4:]]
    heard = set()
    print("listening", flush=True)
    while time.monotonic() < end:
        if select.select([raw], [], [], max(0, end - time.monotonic()))[0]:
            frame = raw.recv(65535)
            heard.update(word for word in words if word in frame)
    for word in sorted(heard):
        print(word.decode(), flush=True)
