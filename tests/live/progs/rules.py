# SPDX-License-Identifier: BSD-2-Clause
# Situations of tests/live/why_rules.sh, each until it is ended: rules.py NAME PORT
import os
import socket
import sys
import threading
import time


def listen(port, backlog):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    sock.listen(backlog)
    return sock


def forever(step, pause):
    def run():
        while True:
            step()
            time.sleep(pause)
    threading.Thread(target=run, daemon=True).start()


kept = []


def patient(port):
    """Listens, and accepts nothing."""
    kept.append(listen(port, 100))


def waiting(port):
    """Ten connections to it."""
    for _ in range(10):
        kept.append(socket.create_connection(("127.0.0.1", port)))


def give_up(port):
    """Connects to where nothing answers, 100 ms each."""
    def step():
        sock = socket.socket()
        sock.settimeout(0.1)
        try:
            sock.connect(("10.99.0.9", port))
        except OSError:
            pass
        sock.close()
    forever(step, 0)


def localhost(port):
    """Tries ::1 first, where nobody listens."""
    kept.append(listen(port, 100))

    def step():
        for family, address in ((socket.AF_INET6, "::1"), (socket.AF_INET, "127.0.0.1")):
            sock = socket.socket(family)
            try:
                sock.connect((address, port))
            except OSError:
                pass
            sock.close()
        kept[0].accept()[0].close()
    forever(step, 0.05)


def itself(port):
    """Its own port is the one it connects to."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", port))
    sock.connect(("127.0.0.1", port))
    kept.append(sock)


def defer(port):
    """Its clients send nothing: TCP_DEFER_ACCEPT."""
    server = socket.socket()
    server.bind(("127.0.0.1", port))
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 60)
    server.listen(100)
    kept.append(server)
    waiting(port)


name, where = sys.argv[1], int(sys.argv[2])
globals()[name](where)
print(f"pid={os.getpid()}")
print(f"port={where}")
print("ready", flush=True)
threading.Event().wait()
