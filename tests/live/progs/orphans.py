# SPDX-License-Identifier: BSD-2-Clause
"""Connections whose client closes first, and whose other end closes when it is told to.

    python3 orphans.py client ADDRESS PORT COUNT    so many; prints their ports
    python3 orphans.py near ADDRESS PORT            their other ends, sockets of this host
    python3 orphans.py far ADDRESS PORT             their other ends, on no host: ADDRESS is behind a TUN device

near and far say "ready", and close all connections there are for each line on stdin; that prints the time of it, in ns of
CLOCK_BOOTTIME, for each port.
"""
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN_NO_PI = 0x1001
FIN, SYN, ACK = 1, 2, 16


def tell_closed(port):
    print("closed", port, time.clock_gettime_ns(time.CLOCK_BOOTTIME), flush=True)


def client(address, port, count):
    for _ in range(count):
        with socket.create_connection((address, port)) as sock:
            print(sock.getsockname()[1], flush=True)


def near(address, port):
    listener = socket.create_server((address, port))
    ends = {}
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([listener, sys.stdin], [], [])
        if listener in readable:
            sock, peer = listener.accept()
            ends[peer[1]] = sock
        elif not os.read(0, 4096):
            return
        else:
            for number, sock in ends.items():
                tell_closed(number)
                sock.close()
            ends.clear()


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def segment(here, there, ports, seq, ack, flags):
    tcp = struct.pack("!HHIIBBHHH", *ports, seq, ack, 5 << 4, flags, 65535, 0, 0)
    pseudo = here + there + struct.pack("!BBH", 0, socket.IPPROTO_TCP, len(tcp))
    tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, socket.IPPROTO_TCP, 0, here, there)
    return ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + tcp


class Far:
    """One address at which every port is open, as little of TCP as it takes."""

    def __init__(self, address):
        self.tun = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(self.tun, TUNSETIFF, struct.pack("16sH22x", b"far", IFF_TUN_NO_PI))
        subprocess.run(["ip", "link", "set", "far", "up"], check=True)
        subprocess.run(["ip", "route", "add", address, "dev", "far"], check=True)
        self.ends = {}  # the client's port: what goes before (seq, ack)

    def read(self):
        packet = os.read(self.tun, 65536)
        if packet[0] >> 4 != 4 or packet[9] != socket.IPPROTO_TCP:
            return
        tcp = packet[(packet[0] & 15) * 4 :]
        sport, dport, seq, ack, length, flags = struct.unpack("!HHIIBB", tcp[:14])
        size = len(tcp) - (length >> 4) * 4 + bool(flags & SYN) + bool(flags & FIN)
        to = (packet[16:20], packet[12:16], (dport, sport))
        if flags & SYN:
            os.write(self.tun, segment(*to, 0, seq + 1 & 0xFFFFFFFF, SYN | ACK))
        elif size:
            self.ends[sport] = (to, ack, seq + size & 0xFFFFFFFF)
            os.write(self.tun, segment(*to, ack, seq + size & 0xFFFFFFFF, ACK))

    def close(self):
        for port, (to, seq, ack) in self.ends.items():
            tell_closed(port)
            os.write(self.tun, segment(*to, seq, ack, FIN | ACK))
        self.ends.clear()


def far(address, _):
    host = Far(address)
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([host.tun, sys.stdin], [], [])
        if host.tun in readable:
            host.read()
        elif not os.read(0, 4096):
            return
        else:
            host.close()


if __name__ == "__main__":
    role, where, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if role == "client":
        client(where, number, int(sys.argv[4]))
    else:
        {"near": near, "far": far}[role](where, number)
