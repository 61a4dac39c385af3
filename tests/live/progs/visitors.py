# SPDX-License-Identifier: BSD-2-Clause
# Clients that keep connections open and more that visit, until they are ended: visitors.py PORT KEPT
# KEPT connections ask nothing and stay; then one comes each 0.2 s, asks, waits for 2 s at most, and goes.
import os
import socket
import sys
import threading
import time

port, kept = int(sys.argv[1]), []
for _ in range(int(sys.argv[2])):
    kept.append(socket.create_connection(("127.0.0.1", port)))


def visit():
    sock = socket.create_connection(("127.0.0.1", port), timeout=2)
    try:
        sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
        while sock.recv(65536):
            pass
    finally:
        sock.close()


def come():
    while True:
        try:
            visit()
        except OSError:
            pass
        time.sleep(0.2)


for _ in range(4):
    threading.Thread(target=come, daemon=True).start()
print(f"pid={os.getpid()}")
print("ready", flush=True)
threading.Event().wait()
