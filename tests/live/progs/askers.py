# SPDX-License-Identifier: BSD-2-Clause
# Clients that ask a server and wait, until they are ended: askers.py PORT WORD...
#   quick:KIND:N  N connections that ask three times and have their answers, then are idle
#   wait:KIND:N   N connections that ask once and wait
#   come:KIND:N   the same, but the N come one after the other, 0.3 s apart
#   leave:KIND:N  a new connection each quarter of a second, which asks and is closed after N ms without an answer
#   ask:KIND:N    N connections that ask again each half a second, without an end
# KIND: ping and pop of Redis; get and hold of HTTP, of which the server never answers the latter.
import os
import socket
import sys
import threading
import time

requests = {
    "ping": b"PING\r\n",
    "pop": b"BLPOP queue 0\r\n",
    "get": b"GET /quick HTTP/1.1\r\nHost: a\r\n\r\n",
    "hold": b"GET /hold HTTP/1.1\r\nHost: a\r\n\r\n",
}
kept = []
port = int(sys.argv[1])


def connect():
    kept.append(socket.create_connection(("127.0.0.1", port)))
    return kept[-1]


def ask(sock, kind, times=1):
    for _ in range(times):
        time.sleep(0.02)
        sock.sendall(requests[kind])
        sock.recv(65536)


def quick(kind, number):
    for _ in range(number):
        ask(connect(), kind, 3)


def wait(kind, number):
    for _ in range(number):
        connect().sendall(requests[kind])


def come(kind, number):
    def run():
        for _ in range(number):
            wait(kind, 1)
            time.sleep(0.3)
    threading.Thread(target=run, daemon=True).start()


def leave(kind, ms):
    def visit():
        with connect() as sock:
            kept.remove(sock)
            sock.settimeout(ms / 1000)
            sock.sendall(requests[kind])
            try:
                sock.recv(65536)
            except OSError:
                pass

    def run():
        while True:
            threading.Thread(target=visit, daemon=True).start()
            time.sleep(0.25)
    threading.Thread(target=run, daemon=True).start()


def ask_on(kind, number):
    def run():
        sock = connect()
        while True:
            ask(sock, kind)
            time.sleep(0.5)
    for _ in range(number):
        threading.Thread(target=run, daemon=True).start()


what = {"quick": quick, "wait": wait, "come": come, "leave": leave, "ask": ask_on}
for word in sys.argv[2:]:
    how, kind, number = word.split(":")
    what[how](kind, int(number))
print(f"pid={os.getpid()}")
print("ready", flush=True)
threading.Event().wait()
