# SPDX-License-Identifier: BSD-2-Clause
"""MPTCP connections on loopback whose client closes.

    python3 mptcp.py keep|close PORT COUNT [tcp]    the server keeps its sockets, or closes them; tcp: the clients speak plain TCP

Says "ready" once it listens. Each line on stdin makes COUNT connections, which are closed by the client and read to their end by
the server; that prints "done". Clients and server are one process, and the clients' sockets are none of its any more.
"""
import socket
import sys

IPPROTO_MPTCP = 262


def mptcp_socket():
    try:
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_MPTCP)
    except OSError as error:
        print("no MPTCP here:", error, flush=True)
        raise SystemExit(77) from error


mode, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
listener = mptcp_socket()
listener.bind(("127.0.0.1", port))
listener.listen(1024)
print("ready", flush=True)
kept = []
for _ in sys.stdin:
    for _ in range(count):
        client = socket.socket() if sys.argv[4:] == ["tcp"] else mptcp_socket()
        client.connect(("127.0.0.1", port))
        server, _ = listener.accept()
        client.sendall(b"x")
        client.close()
        while server.recv(16):
            pass
        kept.append(server)
    if mode == "close":
        for server in kept:
            server.close()
        kept.clear()
    print("done", flush=True)
