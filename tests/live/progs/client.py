#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Connects from a thread called "dialer": client.py close|keep COUNT ADDRESS PORT.

Prints its connections, closes them with "close", prints "ready", and goes on.
"""
import socket
import sys
import threading

from told import connection_line, name_thread, say

what, count, address, port = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
connections = []


def dial():
    name_thread("dialer")
    for _ in range(count):
        sock = socket.create_connection((address, port))
        connections.append(sock)
        say(f"side=active role=peer {connection_line(sock, threading.get_native_id())}")


dialer = threading.Thread(target=dial)
dialer.start()
dialer.join()
if what == "close":
    for connection in connections:
        connection.close()
say("ready")
threading.Event().wait()
