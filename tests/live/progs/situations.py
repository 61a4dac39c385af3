#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Servers and clients that get their connections into any state: situations.py NAME=MODE:ARGUMENT...

Each is a process of its own, called NAME, which ends with its parent. Servers listen at all
addresses, on PORT; clients connect to HOST (a number: 127.0.0.HOST) and PORT, COUNT times, 0: for
ever. SIGUSR1 makes clients that wait close.

  serve:PORT            echoes until the peer closes, then closes
  slow:PORT             the same, but reads late
  stuck:PORT            accepts and does not read
  asleep:PORT:BACKLOG   does not accept
  ignore:PORT           closes when a request has come, and does not read it
  abort:PORT            reads the request and closes by SO_LINGER 0
  first:PORT            reads the request and closes
  answer:PORT           reads the request, answers, and keeps the connection
  pour:PORT             sends more than fits
  limited:PORT:FDS      accepts and keeps, with a limit of file descriptors

  dial:HOST:PORT:COUNT  connects without waiting for it
  knock:HOST:PORT:COUNT connects and closes; churn: without a pause
  hold:HOST:PORT:COUNT  connects, sends nothing, and waits; with keepalive
  send:HOST:PORT:COUNT  sends a request and waits
  ask:HOST:PORT:COUNT   sends a request and reads until the server closes, then closes
  polite:HOST:PORT:COUNT  sends a request, shuts down its side, reads to the end and closes
  half:HOST:PORT:COUNT  shuts down its side and waits
  chat:HOST:PORT:COUNT  sends requests on connections that stay, and reads the answers
  drink:HOST:PORT:COUNT reads all the time
  deaf:HOST:PORT:COUNT  reads nothing, with little room

Prints "name=NAME pid=PID" for each and "ready" when all servers listen, before clients begin;
"done=NAME failed=N" when a client has connected COUNT times, N of which failed.
"""
import errno
import itertools
import os
import resource
import signal
import socket
import struct
import sys
import threading
import time

from told import die_with_parent, name_thread, say

REQUEST = b"ping" * 25
PAUSE = 0.05  # seconds, between connects of those that come and go
kept = []


def set_abort(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def read_all(sock):
    while sock.recv(1 << 16):
        pass


# --- servers: what they do with a connection ------------------------------------------------------


def echo(sock, pause=0.0):
    with sock:
        while data := sock.recv(4096):
            sock.sendall(data)
            time.sleep(pause)


def echo_late(sock):
    echo(sock, 0.2)


def ignore(sock):
    sock.recv(1, socket.MSG_PEEK)
    sock.close()


def abort(sock):
    sock.recv(4096)
    set_abort(sock)
    sock.close()


def close_first(sock):
    sock.recv(4096)
    sock.close()


def answer(sock):
    sock.sendall(sock.recv(4096))


def pour(sock):
    sock.recv(4096)
    try:
        while True:
            sock.sendall(bytes(1 << 16))
            time.sleep(PAUSE / 10)
    except ConnectionError:
        sock.close()


def never(sock):
    pass


SERVERS = {"serve": echo, "slow": echo_late, "stuck": never, "asleep": None, "ignore": ignore,
           "abort": abort, "first": close_first, "answer": answer, "pour": pour, "limited": never}


def run_server(listener, mode, _port, limit=None):
    if mode == "asleep":
        threading.Event().wait()
    if mode == "limited":
        resource.setrlimit(resource.RLIMIT_NOFILE, (int(limit), int(limit)))
    while True:
        try:
            sock = listener.accept()[0]
        except OSError as error:
            if error.errno != errno.EMFILE:
                raise
            threading.Event().wait()
        kept.append(sock)
        if SERVERS[mode] is not never:
            threading.Thread(target=SERVERS[mode], args=(sock,), daemon=True).start()


# --- clients: what they do once ------------------------------------------------------------------


def dial(sock, end):
    sock.setblocking(False)
    sock.connect_ex(end)
    kept.append(sock)


def knock(sock, end):
    with sock:
        sock.connect(end)


def hold(sock, end):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.connect(end)
    kept.append(sock)


def send(sock, end):
    sock.connect(end)
    sock.sendall(REQUEST)
    kept.append(sock)


def ask(sock, end):
    with sock:
        sock.connect(end)
        sock.sendall(REQUEST)
        read_all(sock)


def ask_politely(sock, end):
    with sock:
        sock.connect(end)
        sock.sendall(REQUEST)
        sock.shutdown(socket.SHUT_WR)
        read_all(sock)


def half_close(sock, end):
    sock.connect(end)
    sock.shutdown(socket.SHUT_WR)
    kept.append(sock)


def in_background(function):
    def begin(sock, end):
        sock.connect(end)
        kept.append(sock)
        threading.Thread(target=function, args=(sock,), daemon=True).start()

    return begin


def chat(sock):
    while True:
        sock.sendall(REQUEST)
        sock.recv(len(REQUEST), socket.MSG_WAITALL)
        time.sleep(PAUSE)


def drink(sock):
    sock.sendall(REQUEST)
    read_all(sock)


def deaf(sock, end):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    send(sock, end)


# How, and the pause between two.
CLIENTS = {"dial": (dial, 0), "knock": (knock, PAUSE), "churn": (knock, 0), "hold": (hold, 0),
           "send": (send, 0), "ask": (ask, PAUSE), "polite": (ask_politely, PAUSE),
           "half": (half_close, 0), "chat": (in_background(chat), 0),
           "drink": (in_background(drink), 0), "deaf": (deaf, 0)}


def run_client(name, mode, host, port, count):
    visit, pause = CLIENTS[mode]
    failed = 0
    for _ in range(int(count)) if int(count) else itertools.count():
        try:
            visit(socket.socket(), (f"127.0.0.{host}", int(port)))
        except OSError:
            failed += 1
        time.sleep(pause)
    say(f"done={name} failed={failed}")
    signal.sigwait([signal.SIGUSR1])
    kept.clear()
    threading.Event().wait()


# -------------------------------------------------------------------------------------------------


def fork(name, run, *args):
    pid = os.fork()
    if pid:
        say(f"name={name} pid={pid}")
        return
    name_thread(name)
    die_with_parent()
    run(*args)
    os._exit(0)


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    for word in sys.argv[1:]:
        name, what = word.split("=")
        mode, *rest = what.split(":")
        if mode in SERVERS:
            backlog = int(rest[1]) if mode == "asleep" else 128
            listener = socket.create_server(("", int(rest[0])), backlog=backlog)
            fork(name, run_server, listener, mode, *rest)
            listener.close()
        else:
            fork(name, run_client, name, mode, *rest)
    say("ready")
    threading.Event().wait()


main()
