# SPDX-License-Identifier: BSD-2-Clause
"""Situations that people have reported, each until it is ended: field.py CASE ARGUMENT...

Prints "pid=PID" and "ready" when it stands; what else is in the cases. SIGUSR1: go on.
"""
import ctypes
import os
import selectors
import signal
import socket
import struct
import sys
import threading
import time

TCP_DEFER_ACCEPT = 9
kept = []


def say(text):
    print(text, flush=True)


def stands(name):
    ctypes.CDLL(None).prctl(15, name.encode(), 0, 0, 0)
    say(f"pid={os.getpid()}")
    say("ready")


def connector(address):
    return socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)


def listener(port, backlog, defer=0):
    """At all addresses of both families."""
    sock = socket.socket(socket.AF_INET6)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("::", int(port)))
    if defer:
        sock.setsockopt(socket.IPPROTO_TCP, TCP_DEFER_ACCEPT, defer)
    sock.listen(int(backlog))
    kept.append(sock)
    return sock


def go_on():
    signal.sigwait([signal.SIGUSR1])


# --- servers ----------------------------------------------------------------------------------------


def asleep(port, backlog, defer="0"):
    """Accepts nothing."""
    listener(port, backlog, int(defer))
    stands("asleep")


def asleep_at(*ports):
    for port in ports:
        listener(port, 64)
    stands("asleep")


def answering(port, backlog):
    """Accepts, answers and closes."""
    sock = listener(port, backlog)
    stands("answering")
    while True:
        with sock.accept()[0] as accepted:
            accepted.sendall(accepted.recv(100))


def leaking(port):
    """Reads to the end, and closes nothing."""
    selector = selectors.DefaultSelector()
    sock = listener(port, 128)
    selector.register(sock, selectors.EVENT_READ)
    stands("leaking")
    while True:
        for key, _ in selector.select():
            if key.fileobj is sock:
                kept.append(sock.accept()[0])
                selector.register(kept[-1], selectors.EVENT_READ)
            elif not key.fileobj.recv(100):
                selector.unregister(key.fileobj)


# --- clients ----------------------------------------------------------------------------------------


def close_at_end(sock):
    try:
        sock.recv(1)
    except OSError:
        pass
    sock.close()


def patient(address, port, count):
    """Connections that are kept until they are reset."""
    for _ in range(int(count)):
        sock = connector(address)
        sock.connect((address, int(port)))
        threading.Thread(target=close_at_end, args=(sock,), daemon=True).start()
    stands("patient")


def speaking(address, port, count):
    """Connections that send a little and wait."""
    for _ in range(int(count)):
        kept.append(connector(address))
        kept[-1].connect((address, int(port)))
        kept[-1].sendall(b"hello")
    stands("speaking")


def pending(address, port, count):
    """Connects that are not waited for."""
    for _ in range(int(count)):
        kept.append(connector(address))
        kept[-1].setblocking(False)
        kept[-1].connect_ex((address, int(port)))
    stands("pending")


def asking(address, port, count):
    """So many at a time, at each SIGUSR1; "answered=N" when all are."""
    def ask():
        with connector(address) as sock:
            sock.connect((address, int(port)))
            sock.sendall(b"x")
            sock.recv(10)

    stands("asking")
    answered = 0
    while True:
        go_on()
        threads = [threading.Thread(target=ask) for _ in range(int(count))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        answered += len(threads)
        say(f"answered={answered}")


def trying(address, port, count, timeout):
    """Connects, with a timeout in seconds; "failed=N" when all are done."""
    stands("trying")
    failed = 0
    for _ in range(int(count)):
        with connector(address) as sock:
            sock.settimeout(float(timeout))
            try:
                sock.connect((address, int(port)))
            except OSError:
                failed += 1
    say(f"failed={failed}")


def connecting(address, port):
    """One connect, which waits."""
    stands("connecting")
    kept.append(connector(address))
    kept[-1].connect((address, int(port)))


def itself(address, port):
    """Connects until the port that it is given is the one that it connects to."""
    while True:
        sock = connector(address)
        try:
            sock.connect((address, int(port)))
            kept.append(sock)
            break
        except OSError:
            sock.close()
    server = connector(address)
    try:
        server.bind((address, int(port)))
    except OSError:
        say("port=taken")
    stands("itself")


def writing(address, port, count):
    """Connects; SIGUSR1: writes; "reset=N"."""
    for _ in range(int(count)):
        kept.append(connector(address))
        kept[-1].connect((address, int(port)))
    stands("writing")
    go_on()
    reset = 0
    for sock in kept:
        try:
            sock.sendall(b"hello")
            sock.recv(10)
        except ConnectionResetError:
            reset += 1
    say(f"reset={reset}")
    kept.clear()


def half_closing(address, port, count, resets):
    """Sends, shuts down its side and waits; SIGUSR1: so many are reset."""
    for _ in range(int(count)):
        sock = connector(address)
        sock.connect((address, int(port)))
        sock.sendall(b"GET /")
        sock.shutdown(socket.SHUT_WR)
        kept.append(sock)
    stands("half_closing")
    go_on()
    for sock in kept[:int(resets)]:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
    say("reset")


signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
globals()[sys.argv[1]](*sys.argv[2:])
while True:
    time.sleep(1000)
