#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Clients of close_wait.*: close_wait_clients.py COUNT PAUSE MODE:PORT...

Each of COUNT times (0: for ever) connects once to each PORT and waits PAUSE seconds. They close:
at once ("close"), having sent a request ("send"), having got the answer to it ("ask"), only their
own side, then read all there is, by and by ("read"), or nothing ("deaf"). Prints "ready" and goes on.
"""
import itertools
import socket
import sys
import threading
import time

count, pause, servers = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
deaf = []


def drain(sock):
    time.sleep(0.1)  # meanwhile the window is closed
    with sock:
        while sock.recv(1 << 16):
            pass


def visit(mode, port):
    sock = socket.socket()
    if mode in ("read", "deaf"):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", port))
    if mode in ("send", "ask"):
        sock.sendall(b"ping")
    if mode == "ask":
        sock.recv(4, socket.MSG_WAITALL)
    if mode not in ("read", "deaf"):
        sock.close()
        return
    sock.shutdown(socket.SHUT_WR)
    if mode == "deaf":
        deaf.append(sock)
    else:  # the server may get to it only when others have come
        threading.Thread(target=drain, args=(sock,), daemon=True).start()


for _ in range(count) if count else itertools.count():
    for server in servers:
        name, number = server.split(":")
        visit(name, int(number))
    time.sleep(pause)
print("ready", flush=True)
threading.Event().wait()
