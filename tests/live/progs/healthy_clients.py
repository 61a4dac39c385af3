# SPDX-License-Identifier: BSD-2-Clause
# Usual load with usual noise, until it is ended: healthy_clients.py PORT:KIND...
# KIND http: GET with a connection each; redis, memcached, sql: a word and its answer. At each port, beside good clients: probers that
# connect and reset, clients that reset when they have their answer, clients that half-close, and
# clients that go away with nothing asked.
import os
import socket
import struct
import sys
import threading
import time

requests = {
    "http": b"GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    "redis": b"PING\r\n",
    "memcached": b"version\r\n",
    "sql": b"\0\0\0\x08\x04\xd2\x16\x2f",  # PostgreSQL: TLS? N, for no
}
ends = {"redis": b"\r\n", "memcached": b"\r\n", "sql": b"N"}


def answer(sock, kind):
    got = b""
    while (more := sock.recv(65536)):
        got += more
        if kind in ends and got.endswith(ends[kind]):
            break
    return got


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def visit(port, kind, number):
    sock = socket.create_connection(("127.0.0.1", port))
    if number % 10 == 0:  # a prober
        return reset(sock)
    if number % 10 == 1:  # nothing asked
        return sock.close()
    sock.sendall(requests[kind])
    if number % 10 == 2 and kind == "http":
        sock.shutdown(socket.SHUT_WR)
    answer(sock, kind)
    if number % 10 == 3 and kind == "redis":  # has its answer
        return reset(sock)
    sock.close()


def load(port, kind):
    number = 0
    while True:
        visit(port, kind, number)
        number += 1
        time.sleep(0.05)


for word in sys.argv[1:]:
    where, what = word.split(":")
    threading.Thread(target=load, args=(int(where), what), daemon=True).start()
print(f"pid={os.getpid()}")
print("ready", flush=True)
threading.Event().wait()
