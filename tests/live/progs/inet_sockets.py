#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes sockets of all Internet protocols but SCTP in this network namespace, prints "ready", and holds
them until stdin ends.

  inet_sockets.py LONG LINK      LONG: an IPv6 address of this host that netstat cuts
                                 LINK: an interface with the address fe80::1
"""
import os
import socket
import sys

UDPLITE = getattr(socket, 'IPPROTO_UDPLITE', 136)
LONG, LINK = sys.argv[1:]
held = []


def make(family, kind, protocol, bind=None, connect=None):
    sock = socket.socket(family, kind, protocol)
    held.append(sock)
    if bind:
        sock.bind(bind)
    if connect:
        sock.connect(connect)
    return sock


def datagrams(protocol):
    """Unconnected, connected, IPv4 on an IPv6 socket, long addresses, full queues."""
    v4, v6, kind = socket.AF_INET, socket.AF_INET6, socket.SOCK_DGRAM
    make(v4, kind, protocol, ('0.0.0.0', 0))
    make(v4, kind, protocol, ('127.0.0.1', 53))
    make(v4, kind, protocol, None, ('127.0.0.1', 53))
    make(v4, kind, protocol, ('127.0.0.1', 50001), ('127.0.0.2', 123))
    make(v6, kind, protocol, ('::', 5353))
    make(v6, kind, protocol, ('::1', 0), ('::1', 5353))
    make(v6, kind, protocol, ('::ffff:127.0.0.1', 50002), ('::ffff:127.0.0.1', 53))
    make(v6, kind, protocol, (LONG, 54321))
    make(v6, kind, protocol, (LONG, 54322), (LONG, 54321))
    full = make(v4, kind, protocol, ('127.0.0.1', 50003))
    full.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sender = make(v4, kind, protocol, None, ('127.0.0.1', 50003))
    for _ in range(50):
        sender.send(b'x' * 500)


def raw():
    v4, v6, kind = socket.AF_INET, socket.AF_INET6, socket.SOCK_RAW
    make(v4, kind, socket.IPPROTO_ICMP)
    make(v4, kind, 255)
    make(v4, kind, 47, ('127.0.0.1', 0), ('127.0.0.2', 0))
    make(v4, kind, socket.IPPROTO_TCP, ('127.0.0.1', 0))
    make(v6, kind, socket.IPPROTO_ICMPV6)
    make(v6, kind, 89, (LONG, 0), (LONG, 0))
    make(v6, kind, 254)


def ping():
    make(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP, ('127.0.0.1', 4711))
    make(socket.AF_INET6, socket.SOCK_DGRAM, socket.IPPROTO_ICMPV6, ('::1', 4712), ('::1', 0))


def tcp():
    v4, v6, kind = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM
    make(v4, kind, 0, ('127.0.0.1', 50010))  # bound alone: no table of the kernel has it
    listener = make(v6, kind, 0, (LONG, 54321))
    listener.listen(7)
    client = make(v6, kind, 0, (LONG, 54323), (LONG, 54321))
    client.send(b'unread')
    held.append(listener.accept()[0])
    make(v6, kind, 0, (LONG, 54324), (LONG, 54321))  # it waits to be accepted
    keepalive = make(v6, kind, 0, (LONG, 54325))
    keepalive.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    keepalive.connect((LONG, 54321))


def bound_to_device():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'lo')
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, (0xfffffff0).to_bytes(4, sys.byteorder))
    sock.bind(('127.0.0.1', 50020))
    held.append(sock)


def link_local():
    place = socket.if_nametoindex(LINK)
    make(socket.AF_INET6, socket.SOCK_DGRAM, 0, ('fe80::1', 50040, 0, place))
    make(socket.AF_INET6, socket.SOCK_STREAM, 0, ('fe80::1', 50041, 0, place)).listen()
    client = make(socket.AF_INET6, socket.SOCK_STREAM, 0)
    client.connect(('fe80::1', 50041, 0, place))


def as_user(uid, port):
    """In a process of its own, which inherits all sockets that were made before."""
    ready_in, ready_out = os.pipe()
    if os.fork():
        os.close(ready_out)
        os.read(ready_in, 1)
        return
    os.setresuid(uid, uid, uid)
    make(socket.AF_INET, socket.SOCK_DGRAM, 0, ('127.0.0.1', port))
    listener = make(socket.AF_INET, socket.SOCK_STREAM, 0, ('127.0.0.1', port))
    listener.listen()
    os.write(ready_out, b'x')
    sys.stdin.read()
    os._exit(0)


def main():
    datagrams(socket.IPPROTO_UDP)
    try:
        datagrams(UDPLITE)
    except OSError:  # Linux 7.1 has no UDP-Lite
        print('no udplite')
    raw()
    ping()
    bound_to_device()
    link_local()
    as_user(4294967294, 50030)
    as_user(3000000000, 50031)
    as_user(1234, 50032)
    tcp()
    print('ready', flush=True)
    sys.stdin.read()


main()
