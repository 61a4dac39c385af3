#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Connections that come and go all the time, beside a process that has many fds open.

  churn.py STANDING FDS

A client keeps STANDING connections to a server: for each new one it closes the oldest, with a pause
of 5 ms. A third process has FDS fds open, half of them of one listener, half of connections to
itself. Prints "role=server|client|crowd pid=P", "port=P", "ready". SIGTERM ends all.
"""
import collections
import ctypes
import os
import resource
import selectors
import signal
import socket
import sys
import time

PR_SET_PDEATHSIG = 1


def child(function, *args):
    """Runs it in a process of its own, until that has said that it stands."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            function(lambda: os.write(write, b'.'), *args)
        finally:
            os._exit(1)
    os.close(write)
    if not os.read(read, 1):
        sys.exit(f'{function.__name__} failed')
    print(f'role={function.__name__} pid={pid}', flush=True)


def crowd(stands, fds):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    fds = min(fds, most - 100)
    resource.setrlimit(resource.RLIMIT_NOFILE, (fds + 100, most))
    listener = socket.create_server(('127.0.0.1', 0), backlog=64)
    keep = [os.dup(listener.fileno()) for _ in range(fds // 2)]
    while len(keep) < fds:
        keep += [socket.create_connection(listener.getsockname()), listener.accept()[0]]
    stands()
    signal.pause()


def server(stands, listener):
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    stands()
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                selector.register(listener.accept()[0], selectors.EVENT_READ)
            elif not key.fileobj.recv(100):
                selector.unregister(key.fileobj)
                key.fileobj.close()


def client(stands, listener, standing):
    address = listener.getsockname()
    listener.close()
    connections = collections.deque()
    while True:
        connections.append(socket.create_connection(address))
        if len(connections) == standing:
            stands()
        if len(connections) > standing:
            connections.popleft().close()
            time.sleep(0.005)


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    child(crowd, int(sys.argv[2]))
    listener = socket.create_server(('127.0.0.1', 0), backlog=1024)
    print(f'port={listener.getsockname()[1]}', flush=True)
    child(server, listener)
    child(client, listener, int(sys.argv[1]))
    listener.close()
    print('ready', flush=True)
    signal.pause()


if __name__ == '__main__':
    main()
