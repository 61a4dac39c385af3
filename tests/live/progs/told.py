# SPDX-License-Identifier: BSD-2-Clause
"""What these programs tell of their sockets and threads, in the words of tools/scenario."""
import ctypes
import os
import signal
import socket
import sys
import threading

SO_COOKIE = 57
PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15


def endpoint(address):
    """As tcptrail --json writes it."""
    host = address[0].removeprefix("::ffff:")
    return f"[{host}]:{address[1]}" if ":" in host else f"{host}:{address[1]}"


def socket_line(sock, tid):
    """A socket that thread tid has made."""
    cookie = int.from_bytes(sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8), sys.byteorder)
    line = f"pid={os.getpid()} fd={sock.fileno()} cookie={cookie} tid={tid}"
    return f"{line} local={endpoint(sock.getsockname())}"


def connection_line(sock, tid):
    return f"{socket_line(sock, tid)} remote={endpoint(sock.getpeername())}"


one_line = threading.Lock()


def say(text):
    with one_line:
        print(text, flush=True)


def name_thread(name):
    """Of the caller, as the kernel knows it: Python's own names stay in Python."""
    ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
