/* SPDX-License-Identifier: BSD-2-Clause */
/* Every listing, by the name of its file, which defines listing_NAME, in netstat's order. */
LISTING(unix)
LISTING(ipx)
LISTING(ax25)
LISTING(x25)
LISTING(netrom)
LISTING(rose)
LISTING(ddp)
LISTING(l2cap)
LISTING(rfcomm)
LISTING(packet)
LISTING(netlink)
LISTING(vsock)
