# SPDX-License-Identifier: BSD-2-Clause
# Situations of tests/live/why_causes.sh, each until it is ended: causes.py NAME PORT
#
# Says "ready" when it has begun. What comes after that is counted in lines "done=N".
import os
import socket
import struct
import sys
import threading
import time

kept = []
PAUSE = 0.05


def say(text):
    """Whole lines, whichever thread says them."""
    os.write(1, text.encode())


def listen(port, address="127.0.0.1"):
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    sock.listen(1000)
    return sock


def repeat(step):
    """Forever, a step each PAUSE."""
    def run():
        count = 0
        while True:
            step()
            count += 1
            say(f"done={count}\n")
            time.sleep(PAUSE)
    threading.Thread(target=run, daemon=True).start()


def resetting(port):
    """Accepts, waits for a byte, and resets."""
    server = listen(port)

    def run():
        while True:
            sock = server.accept()[0]
            sock.recv(1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()
    threading.Thread(target=run, daemon=True).start()


def be_reset(port):
    sock = socket.create_connection(("127.0.0.1", port))
    sock.sendall(b"x")
    try:
        sock.recv(1)
    except ConnectionResetError:
        pass
    return sock


def leak_reset(port):
    """Keeps what its peer has reset."""
    repeat(lambda: kept.append(be_reset(port)))


def close_reset(port):
    """Closes it."""
    repeat(lambda: be_reset(port).close())


def leak_refused(port):
    """Keeps sockets of connects that fail."""
    def step():
        sock = socket.socket()
        kept.append(sock)
        sock.connect_ex(("127.0.0.1", port))
    repeat(step)


def answer(server):
    """A byte for whatever comes."""
    def serve(sock):
        while sock.recv(100000):
            sock.sendall(b"y")

    def run():
        while True:
            sock = server.accept()[0]
            threading.Thread(target=serve, args=(sock,), daemon=True).start()
    threading.Thread(target=run, daemon=True).start()


def echoing(port):
    answer(listen(port))


def ask(sock):
    sock.sendall(b"x")
    sock.recv(1)


def leak_client(port):
    """A connection for each question, which it forgets."""
    def step():
        sock = socket.create_connection(("127.0.0.1", port))
        kept.append(sock)
        ask(sock)
        time.sleep(0.1)
    repeat(step)


def pool_client(port):
    """A pool of 60 that fills slowly; each question goes by those that it has."""
    def step():
        if len(kept) < 60:
            kept.append(socket.create_connection(("127.0.0.1", port)))
        for sock in kept:
            ask(sock)
        time.sleep(0.1)
    repeat(step)


def fill(address, port, bind):
    """A connection for each port of ip_local_port_range, to two ports in turn."""
    for number in range(2):
        kept.append(listen(port + number))
    for number in range(1000):
        sock = socket.socket()
        kept.append(sock)
        try:
            bind(sock, address)
            sock.connect(("127.0.0.1", port + number % 2))
        except OSError as error:
            say(f"error={error.errno}\n")
            break


def bind_first(port):
    fill("127.0.0.2", port, lambda sock, address: sock.bind((address, 0)))


def bind_late(port):
    """IP_BIND_ADDRESS_NO_PORT: connect() chooses the port."""
    def bind(sock, address):
        sock.setsockopt(socket.IPPROTO_IP, 24, 1)
        sock.bind((address, 0))
    fill("127.0.0.3", port, bind)


def tracked(port, timeout=60):
    """Sixty connections, which it keeps, as far as they come through."""
    server = listen(port)
    kept.append(server)
    failed = 0
    for _ in range(60):
        sock = socket.socket()
        sock.settimeout(timeout)
        kept.append(sock)
        try:
            sock.connect(("127.0.0.1", port))
        except OSError:
            failed += 1
            if failed == 5:
                break
    say(f"failed={failed}\n")


def dropped(port):
    """The same where SYNs are lost."""
    tracked(port, 0.1)


def anywhere(port):
    answer(listen(port, "0.0.0.0"))


def large(port):
    """Three transfers that may hang, and small questions that may not."""
    for _ in range(3):
        sock = socket.create_connection(("10.98.0.2", port))
        kept.append(sock)
        ask(sock)
        sock.setblocking(False)
        sock.send(b"z" * 20000)

    def step():
        with socket.create_connection(("10.98.0.2", port)) as sock:
            ask(sock)
    repeat(step)


name, where = sys.argv[1], int(sys.argv[2])
globals()[name](where)
say(f"pid={os.getpid()}\nport={where}\nready\n")
threading.Event().wait()
