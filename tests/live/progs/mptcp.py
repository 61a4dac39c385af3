# SPDX-License-Identifier: BSD-2-Clause
"""MPTCP connections on loopback whose one end closes.

    python3 mptcp.py keep|close PORT COUNT [tcp|fallback|queue|joined]

Says "ready" once it listens. Each line on stdin makes COUNT connections, of which the client's end is closed and the server's is
read to its end; that prints "done". keep: the server's ends stay open; close: they are closed. Clients and server are one process.

tcp: the clients speak plain TCP. fallback: the server does, its ends are closed, and the clients' are read and stay open.
queue: nobody accepts the connections. joined: each has a second subflow before an end is closed. The kernel's worker adds it after
the handshake, and only while both ends are ESTABLISHED; one that gets none is closed, and made anew.
"""
import socket
import sys
import time

IPPROTO_MPTCP = 262
SOL_MPTCP, MPTCP_INFO = 284, 1


def mptcp_socket():
    try:
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
    except OSError as error:
        print("no MPTCP here:", error, flush=True)
        raise SystemExit(77) from error


def read_all(end):
    while end.recv(16):
        pass


def subflows_joined(end):
    return end.getsockopt(SOL_MPTCP, MPTCP_INFO, 64)[0] > 0  # mptcpi_subflows: without the first


def has_joined(client, server):
    # Data of both directions end the handshake. Whether the server has a subflow tells whether it has taken the join.
    server.sendall(b"x")
    client.recv(1)
    client.sendall(b"x")
    server.recv(1)
    give_up = time.monotonic() + 10
    while not subflows_joined(server):
        if time.monotonic() > give_up:
            return False
        time.sleep(0.01)
    return True


def connection():
    client = socket.socket() if kind == "tcp" else mptcp_socket()
    client.connect(("127.0.0.1", port))
    if kind == "queue":
        return client, None
    return client, listener.accept()[0]


mode, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
kind = sys.argv[4] if sys.argv[4:] else "mptcp"
listener = socket.socket() if kind == "fallback" else mptcp_socket()
listener.bind(("127.0.0.1", port))
listener.listen(1024)
print("ready", flush=True)
kept = []
for _ in sys.stdin:
    for _ in range(count):
        client, server = connection()
        while kind == "joined" and not has_joined(client, server):
            client.close()
            server.close()
            client, server = connection()
        if kind == "queue":
            client.close()
            continue
        closes, stays = (server, client) if kind == "fallback" else (client, server)
        closes.sendall(b"x")
        closes.close()
        read_all(stays)
        kept.append(stays)
    if mode == "close":
        for end in kept:
            end.close()
        kept.clear()
    print("done", flush=True)
