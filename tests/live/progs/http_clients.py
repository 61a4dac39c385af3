#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Clients of a web server: http_clients.py COUNT PAUSE MODE:PORT...

Each of COUNT times (0: for ever) connects once to each PORT, asks, and waits PAUSE seconds. They
wait for an answer ("ask"), for five on the same connection ("keep"), or give up in the midst of
one ("abort"), or are told that the upstream is not there ("fail").
Prints "ready" and goes on.
"""
import itertools
import socket
import sys
import threading
import time

count, pause, servers = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
ANSWERS = {"abort": 1, "ask": 1, "fail": 1, "keep": 5}
ENDS = {"abort": b"\r\n\r\no", "fail": b"</html>\r\n"}  # of answers, if not "ok"


def read_answer(sock, end):
    got = b""
    while not got.endswith(end):
        more = sock.recv(4096)
        if not more:
            sys.exit(f"not an answer: {got}")
        got += more


for _ in range(count) if count else itertools.count():
    for server in servers:
        mode, port = server.split(":")
        with socket.create_connection(("127.0.0.1", int(port))) as sock:
            for _ in range(ANSWERS[mode]):
                sock.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
                read_answer(sock, ENDS.get(mode, b"\r\n\r\nok"))
    time.sleep(pause)
print("ready", flush=True)
threading.Event().wait()
