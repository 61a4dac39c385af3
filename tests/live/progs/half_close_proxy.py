# SPDX-License-Identifier: BSD-2-Clause
"""A backend that never closes, and a proxy that passes the end of stream on:

    half_close_proxy.py backend
    half_close_proxy.py proxy PORT
"""
import ctypes
import os
import socket
import sys
import threading

mode = sys.argv[1]
ctypes.CDLL(None).prctl(15, mode.encode(), 0, 0, 0)
kept = []


def drain(sock):
    while sock.recv(4096):
        pass


def copy(source, target):
    while data := source.recv(4096):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)


def serve(client):
    upstream = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
    threads = [
        threading.Thread(target=copy, args=ends, daemon=True)
        for ends in ((client, upstream), (upstream, client))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    upstream.close()


listener = socket.create_server(("127.0.0.1", 0), backlog=128)
print(f"port={listener.getsockname()[1]} pid={os.getpid()}", flush=True)
print("ready", flush=True)
while True:
    sock, _ = listener.accept()
    kept.append(sock)
    threading.Thread(target=drain if mode == "backend" else serve, args=(sock,), daemon=True).start()
