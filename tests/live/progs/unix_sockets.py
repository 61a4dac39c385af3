# SPDX-License-Identifier: BSD-2-Clause
"""UNIX sockets of every type, state and kind of name, in the current directory.

    python3 unix_sockets.py plain|odd [children]     prints "ready", and holds them until its stdin ends

odd: also names that a line of text cannot show, or that forge a line of /proc/net/unix. children: two processes
inherit all sockets.
"""
import os
import socket
import sys

odd = sys.argv[1] == "odd"
keep = []


def new(kind, name=None, backlog=None):
    keep.append(socket.socket(socket.AF_UNIX, kind))
    if name is not None:
        keep[-1].bind(name)
    if backlog is not None:
        keep[-1].listen(backlog)
    return keep[-1]


def connected(kind, to):
    keep.append(socket.socket(socket.AF_UNIX, kind))
    keep[-1].connect(to)
    return keep[-1]


stream, dgram, seqpacket = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET
for kind in stream, dgram, seqpacket:
    new(kind)
    keep.extend(socket.socketpair(socket.AF_UNIX, kind))
keep.extend(socket.socketpair(socket.AF_UNIX, socket.SOCK_RAW))
listener = new(stream, "listener", 7)
connected(stream, "listener").send(b"unread")
keep.append(listener.accept()[0])
connected(stream, "listener")  # nobody accepts these two
connected(stream, "listener")
new(seqpacket, "\0abstract", 3)
connected(seqpacket, "\0abstract")
new(dgram, b"")  # autobind
new(dgram, "\0datagrams")
connected(dgram, "\0datagrams").send(b"hello")
new(stream, "x" * 107)  # without room for a NUL
new(dgram, os.getcwd() + "/absolute")
new(dgram, "\xe4")
half = socket.socketpair(socket.AF_UNIX, stream)
keep.append(half[0])
half[1].close()
if odd:
    line = "\n0000000012345678: 00000002 00000000 00010000 0001 01 {} @forged"
    new(stream, "two words", 1)
    new(stream, " ", 1)
    new(stream, "new\nline", 5)
    connected(stream, "new\nline")
    new(dgram, "forged" + line.format(777))
    new(dgram, "\0forged" + line.format(778) + "\n")
    new(stream, "listens" + line.format(779), 5)
    connected(stream, "listens" + line.format(779))
    new(dgram, "\0nul\0in\0side\0")
    new(dgram, b"\x1b[31mred\xff")
children = 2 if "children" in sys.argv else 0
while children and os.fork():
    children -= 1
if not children:
    print("ready", flush=True)
sys.stdin.read()
