#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A threading server that forgets to close what it accepted: leaking_server.py ADDRESS COUNT.

A thread called "acceptor" accepts; each connection gets a thread that reads it to EOF, tells of it
and keeps it. Prints the listener and "ready", then COUNT leaked sockets and "done", and goes on.
"""
import os
import socket
import socketserver
import sys
import threading

from told import connection_line, name_thread, say, socket_line

address, count = sys.argv[1], int(sys.argv[2])
leaked = []


class Leak(socketserver.BaseRequestHandler):
    def handle(self):
        while self.request.recv(4096):
            pass
        say(f"side=passive role=subject {connection_line(self.request, acceptor.native_id)}")
        leaked.append(self.request)
        if len(leaked) == count:
            say("done")


class Server(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
    daemon_threads = True

    def shutdown_request(self, request):
        pass  # the bug: this is where it should be closed


def accept_forever():
    name_thread("acceptor")
    server.serve_forever()


server = Server((address, 0), Leak)
acceptor = threading.Thread(target=accept_forever)
say(f"side=listen role=listener {socket_line(server.socket, os.getpid())}"
    f" port={server.server_address[1]}")
acceptor.start()
say("ready")
acceptor.join()
