# SPDX-License-Identifier: BSD-2-Clause
# Who visits servers in order, until it is ended: noise.py FROM TO WORD... (addresses)
#   load:KIND:PORT:N     a connection each time, some N a second; of twenty one resets at once, as probers do, one
#                        asks nothing, one half-closes, one resets when it has its answer
#   pool:KIND:PORT:N     N connections that stay, each asks twice a second
#   idle:KIND:PORT:N     N connections that have asked once and stay
#   burst:KIND:PORT:N    N connections that ask on without a pause
#   scan:PORT-PORT:N     connects to each of the ports, N a second
# KIND: http, redis, memcached, sql (PostgreSQL), mysql, smtp, ssh.
import os
import socket
import struct
import sys
import threading
import time

here, there = sys.argv[1:3]


def http(sock):
    sock.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    got = b""
    while b"\r\n\r\n" not in got:
        got += some(sock)
    head, _, body = got.partition(b"\r\n\r\n")
    if b"chunked" in head.lower():
        while not body.endswith(b"0\r\n\r\n"):
            body += some(sock)
        return
    size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < size:
        body += some(sock)
    if b"connection: close" in head.lower():
        raise OSError("it ends")


def some(sock):
    got = sock.recv(65536)
    if not got:
        raise OSError("it ended")
    return got


def word(text, end):
    def ask(sock):
        sock.sendall(text)
        got = b""
        while not got.endswith(end):
            got += some(sock)
    return ask


def packet(sock):
    head = b""
    while len(head) < 4:
        head += some_of(sock, 4 - len(head))
    size, body = int.from_bytes(head[:3], "little"), b""
    while len(body) < size:
        body += some_of(sock, size - len(body))
    return body


def some_of(sock, size):
    got = sock.recv(size)
    if not got:
        raise OSError("it ended")
    return got


def mysql_greet(sock):
    packet(sock)
    body = struct.pack("<IIB23x", 0x0200 | 0x8000 | 0x80000, 1 << 24, 33) + b"root\0\0mysql_native_password\0"
    sock.sendall(len(body).to_bytes(3, "little") + b"\1" + body)
    if packet(sock)[:1] != b"\0":
        raise OSError("refused")


def mysql(sock):
    sock.sendall(b"\x09\0\0\0\3SELECT 1")
    for _ in range(5):
        packet(sock)


def lines(sock):
    while not some(sock).endswith(b"\n"):
        pass


def pg_greet(sock):
    body = struct.pack("!I", 196608) + b"user\0postgres\0database\0postgres\0\0"
    sock.sendall(struct.pack("!I", len(body) + 4) + body)
    got = b""
    while not got.endswith(b"Z\0\0\0\5I"):
        got += some(sock)


def smtp(sock):
    for text in (b"MAIL FROM:<a@example.com>\r\n", b"RCPT TO:<b@example.com>\r\n", b"DATA\r\n",
                 b"Subject: a\r\n\r\nhello\r\n.\r\n"):
        sock.sendall(text)
        lines(sock)


def smtp_greet(sock):
    lines(sock)
    sock.sendall(b"EHLO a\r\n")
    lines(sock)


def nothing(_):
    pass


kinds = {
    "http": (nothing, http),
    "redis": (nothing, word(b"PING\r\n", b"\r\n")),
    "memcached": (nothing, word(b"version\r\n", b"\r\n")),
    "sql": (pg_greet, word(b"Q\0\0\0\x0dSELECT 1\0", b"Z\0\0\0\5I")),
    "mysql": (mysql_greet, mysql),
    "smtp": (smtp_greet, smtp),
    "ssh": (lines, nothing),
}


def connect(port):
    sock = socket.create_connection((there, port), 10, (here, 0))
    sock.settimeout(None)
    return sock


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def visit(port, kind, number):
    sock = connect(port)
    greet, ask = kinds[kind]
    if number % 20 == 0:
        return reset(sock)
    if number % 20 == 1:
        return sock.close()
    greet(sock)
    try:
        ask(sock)
    except OSError:
        return sock.close()
    if number % 20 == 2:
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass
    if number % 20 == 3:
        return reset(sock)
    sock.close()


def on(fn, *words):
    threading.Thread(target=fn, args=words, daemon=True).start()


def load(port, kind, rate):
    def run(number):
        while True:
            try:
                visit(port, kind, number)
            except OSError:
                pass
            number += 1
            time.sleep(4 / rate)
    for i in range(4):
        on(run, 5 * i)


def pool(port, kind, number, pause=0.5):
    def run():
        greet, ask = kinds[kind]
        while True:  # some servers close after each answer, or when idle
            try:
                with connect(port) as sock:
                    greet(sock)
                    while True:
                        ask(sock)
                        time.sleep(pause)
            except OSError:
                time.sleep(pause)
    for _ in range(number):
        on(run)


def burst(port, kind, number):
    pool(port, kind, number, 0)


def idle(port, kind, number):
    def run():
        with connect(port) as sock:
            for do in kinds[kind]:
                do(sock)
            while sock.recv(65536):
                pass
    for _ in range(number):
        on(run)


def scan(ports, rate):
    first, last = map(int, ports.split("-"))
    for port in range(first, last + 1):
        try:
            connect(port).close()
        except OSError:
            pass
        time.sleep(1 / rate)
    print("scanned", flush=True)


ways = {"load": load, "pool": pool, "idle": idle, "burst": burst}
print(f"pid={os.getpid()}")
for text in sys.argv[3:]:
    how, *words = text.split(":")
    if how == "scan":
        on(scan, words[0], float(words[1]))
    else:
        ways[how](int(words[1]), words[0], int(words[2]))
print("ready", flush=True)
threading.Event().wait()
