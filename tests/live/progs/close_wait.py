#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""close_wait.c in Python: close_wait.py MODE [KEEP].

"passed" is another way to do it: a program that is started inherits the fd (its healthy twin, a
server that forks a child for each connection). "http" answers requests of a reverse proxy, on
connections that stay, and "hang" stops in the midst of it.
"""
import os
import signal
import socket
import subprocess
import sys
import threading

mode = sys.argv[1]
keep_most = int(sys.argv[2]) if len(sys.argv) > 2 else None
kept = []
ANSWER = bytes(4 << 20)  # more than the buffers of both ends take


def read_all(sock):
    while sock.recv(4096):
        pass


def keep(sock, unsent=b""):
    kept.append((sock, unsent))
    if keep_most is None or len(kept) <= keep_most:
        return
    sock, unsent = kept.pop(0)
    sock.setblocking(True)
    sock.sendall(unsent)
    read_all(sock)
    sock.close()


def leak(sock):
    read_all(sock)
    keep(sock)


def forget(sock):
    sock.sendall(sock.recv(4))
    keep(sock)


def hand_on(sock):
    if keep_most is None:
        os.set_inheritable(sock.fileno(), True)
        # It ends with us, however we end.
        subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "sleep", "600"], close_fds=False)
    elif os.fork() == 0:
        read_all(sock)
        os._exit(0)
    sock.close()


def block(sock):
    read_all(sock)
    sock.setblocking(False)
    sent = 0
    try:
        while sent < len(ANSWER):
            sent += sock.send(ANSWER[sent:])
    except BlockingIOError:
        pass
    keep(sock, ANSWER[sent:])


def answer_http(sock):
    """Until the proxy closes; forgets to close itself, unless it is the twin."""
    while request := sock.recv(4096):
        if b"\r\n\r\n" in request:
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
            sock.sendall(answer[:-1] if mode == "hang" else answer)
    keep(sock)


def http(sock):
    threading.Thread(target=answer_http, args=(sock,), daemon=True).start()


serve = {"queued": leak, "leak": leak, "forgotten": forget, "stuck": keep, "passed": hand_on,
         "blocked": block, "http": http, "hang": http}[mode]
if mode == "passed":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
server = socket.create_server(("127.0.0.1", 0))
print(f"port={server.getsockname()[1]} pid={os.getpid()}\nready", flush=True)
if mode == "queued" and keep_most is None:
    threading.Event().wait()
while True:
    serve(server.accept()[0])
