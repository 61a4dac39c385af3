/* SPDX-License-Identifier: BSD-2-Clause */
/* What the counters of UDP and UDP-Lite say; statistics_words.h explains a row. */
/* clang-format off */

#define SAID_OF_UDP(section, is_always)                                                                    \
SAID(section, InDatagrams, is_always, "", "# {datagram was|datagrams were} read, or taken by a tunnel")          \
SAID(section, NoPorts, is_always, "", "# {datagram|datagrams} came in for a port that is not open")          \
SAID(section, InErrors, is_always, "", "# incoming {datagram was|datagrams were} dropped for any reason but a closed port") \
SAID(section, OutDatagrams, is_always, "", "# {datagram was|datagrams were} sent")

SAID_OF_UDP(Udp, ALWAYS)
SAID(Udp, RcvbufErrors, ALWAYS, "", "# incoming {datagram was|datagrams were} dropped: the receive buffer was full")
SAID(Udp, SndbufErrors, ALWAYS, "", "# {datagram was|datagrams were} not sent: no room in a buffer or a device queue")
SAID(Udp, InCsumErrors, 0, "", "# incoming {datagram|datagrams} had a wrong checksum")
SAID(Udp, IgnoredMulti, 0, "", "# multicast or broadcast {datagram|datagrams} came in that no socket wanted")
SAID(Udp, MemErrors, 0, "", "# incoming {datagram was|datagrams were} dropped: UDP's memory limit was reached")

SAID_OF_UDP(UdpLite, 0)
SAID(UdpLite, RcvbufErrors, 0, "", "# incoming {datagram was|datagrams were} dropped: the receive buffer was full")
SAID(UdpLite, SndbufErrors, 0, "", "# {datagram was|datagrams were} not sent: no room in a buffer or a device queue")
SAID(UdpLite, InCsumErrors, 0, "", "# incoming {datagram|datagrams} had a wrong checksum")
SAID(UdpLite, IgnoredMulti, 0, "", "# multicast or broadcast {datagram|datagrams} came in that no socket wanted")
SAID(UdpLite, MemErrors, 0, "", "# incoming {datagram was|datagrams were} dropped: UDP's memory limit was reached")

SAID_OF_UDP(Udp6, ALWAYS)
SAID(Udp6, RcvbufErrors, 0, "", "# incoming {datagram was|datagrams were} dropped: the receive buffer was full")
SAID(Udp6, SndbufErrors, 0, "", "# {datagram was|datagrams were} not sent: no room in a buffer or a device queue")
SAID(Udp6, InCsumErrors, 0, "", "# incoming {datagram|datagrams} had a wrong checksum")
SAID(Udp6, IgnoredMulti, 0, "", "# multicast {datagram|datagrams} came in that no socket wanted")
SAID(Udp6, MemErrors, 0, "", "# incoming {datagram was|datagrams were} dropped: UDP's memory limit was reached")

SAID_OF_UDP(UdpLite6, 0)
SAID(UdpLite6, RcvbufErrors, 0, "", "# incoming {datagram was|datagrams were} dropped: the receive buffer was full")
SAID(UdpLite6, SndbufErrors, 0, "", "# {datagram was|datagrams were} not sent: no room in a buffer or a device queue")
SAID(UdpLite6, InCsumErrors, 0, "", "# incoming {datagram|datagrams} had a wrong checksum")
SAID(UdpLite6, MemErrors, 0, "", "# incoming {datagram was|datagrams were} dropped: UDP's memory limit was reached")

#undef SAID_OF_UDP
