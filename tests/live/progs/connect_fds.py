# SPDX-License-Identifier: BSD-2-Clause
"""Connects by many threads, through fds of all kinds, at SIGUSR1; then prints "done".

A bystander is bound, and never connects. A thread's connect has no answer; meanwhile its fd is closed, and made the
bystander's. Other threads connect to a listener by fds far beyond those of a new process, and by numbers that are none.
"""
import ctypes
import fcntl
import os
import signal
import socket
import threading

THREADS = 32
FIRST_FD = 700  # fewer than the 1024 that are usual
NO_FDS = (-1, 1 << 20, 0x7FFFFFFF)
TCP_USER_TIMEOUT = 18
SO_COOKIE = 57
SYN_SENT = 2

connect = ctypes.CDLL(None).connect


def cookie(sock):
    return int.from_bytes(sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8), "little")


def listener(backlog):
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    sock.listen(backlog)
    return sock


def connect_high(server, number, lines):
    sock = socket.socket()
    high = socket.socket(fileno=fcntl.fcntl(sock, fcntl.F_DUPFD, FIRST_FD + number))
    sock.close()
    high.connect(server)
    lines.append(f"role=high tid={threading.get_native_id()} fd={high.fileno()} cookie={cookie(high)}")
    high.detach()


def connect_none(address):
    for fd in NO_FDS:
        if connect(fd, address, len(address)) != -1:
            raise SystemExit(f"connect by fd {fd}")


def connect_in_vain(full, sock, lines):
    lines.append(f"role=replaced tid={threading.get_native_id()} fd={sock.fileno()}")
    try:
        sock.connect(full)
    except TimeoutError:
        lines.append("role=ended")


def replace(full, bystander, lines):
    """Closes the fd of a connect that waits."""
    sock = socket.socket()
    sock.setsockopt(socket.IPPROTO_TCP, TCP_USER_TIMEOUT, 1000)
    watch = sock.dup()
    thread = threading.Thread(target=connect_in_vain, args=(full, sock, lines))
    thread.start()
    while watch.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != SYN_SENT:
        pass
    os.dup2(bystander.fileno(), sock.fileno())
    watch.close()
    thread.join()


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    bystander = socket.socket()
    bystander.bind(("127.0.0.1", 0))
    server, full = listener(THREADS), listener(0)
    filler = socket.create_connection(full.getsockname())  # its queue has room for one
    print(f"role=bystander cookie={cookie(bystander)}\nready", flush=True)
    signal.sigwait([signal.SIGUSR1])
    lines = []
    name = server.getsockname()
    port, address = name[1].to_bytes(2, "big"), socket.inet_aton(name[0])
    raw = socket.AF_INET.to_bytes(2, "little") + port + address + bytes(8)
    threads = [threading.Thread(target=connect_high, args=(name, i, lines)) for i in range(THREADS)]
    threads.append(threading.Thread(target=connect_none, args=(raw,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    replace(full.getsockname(), bystander, lines)
    print("\n".join(lines) + "\ndone", flush=True)
    signal.pause()
    filler.close()


main()
