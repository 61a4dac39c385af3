#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Workers that share a port, some of which do not accept; and clients of theirs.

  reuseport.py WORKERS STUCK CLIENTS [--steer N] [--devices D,D,...] [--addresses A,A,...]

STUCK: numbers of workers, with commas; workers begin to listen in the order of their numbers.
--steer: all connections come to that one. --devices: what each is bound to (SO_BINDTODEVICE),
"-": none. --addresses: where each listens; all of IPv4 (0.0.0.0) unless given.

Prints "worker=N pid=P stuck=0|1" for each worker, "port=P", "accepted=PORT pid=P" for each connection
that a worker has, and "ready" when all clients are connected. SIGUSR1: they close.
"""
import argparse
import ctypes
import os
import signal
import socket
import struct
import sys
import time

SO_ATTACH_REUSEPORT_CBPF = 51
BPF_RET = 0x06
PR_SET_NAME, PR_SET_PDEATHSIG = 15, 1
libc = ctypes.CDLL(None)


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument('workers', type=int)
    parser.add_argument('stuck')
    parser.add_argument('clients', type=int)
    parser.add_argument('--steer', type=int)
    parser.add_argument('--devices')
    parser.add_argument('--addresses')
    return parser.parse_args()


def steer(listener, number):
    program = ctypes.create_string_buffer(struct.pack('HBBI', BPF_RET, 0, 0, number))
    fprog = struct.pack('HP', 1, ctypes.addressof(program))
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, fprog)


def listen(args, number, port):
    address = args.addresses.split(',')[number] if args.addresses else '0.0.0.0'
    device = args.devices.split(',')[number] if args.devices else '-'
    listener = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if device != '-':
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    listener.bind((address, port))
    listener.listen(1024)
    if args.steer is not None:
        steer(listener, args.steer)
    return listener


def work(args, number, port, stuck, up):
    libc.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0)
    libc.prctl(PR_SET_NAME, b'stuck' if stuck else b'good', 0, 0, 0)
    listener = listen(args, number, port)
    os.write(up, struct.pack('I', listener.getsockname()[1]))
    accepted = []
    while True:
        if stuck:
            time.sleep(1000)
        sock, peer = listener.accept()
        accepted.append(sock)
        print(f'accepted={peer[1]} pid={os.getpid()}', flush=True)


def begin(args, number, port, stuck):
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            work(args, number, port, stuck, write)
        finally:
            os._exit(1)
    os.close(write)
    up = os.read(read, 4)
    os.close(read)
    if not up:
        sys.exit('a worker failed')
    print(f'worker={number} pid={pid} stuck={int(stuck)}', flush=True)
    return struct.unpack('I', up)[0]


def main():
    args = options()
    stuck = [int(number) for number in args.stuck.split(',') if number]
    port = 0
    for number in range(args.workers):
        port = begin(args, number, port, number in stuck)
    print(f'port={port}', flush=True)
    clients = [socket.create_connection(('127.0.0.1', port)) for _ in range(args.clients)]
    signal.signal(signal.SIGUSR1, lambda *_: [client.close() for client in clients])
    print('ready', flush=True)
    while True:
        signal.pause()


if __name__ == '__main__':
    main()
