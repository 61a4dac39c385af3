/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and ports, and their numeric text. An IPv4-mapped address of an AF_INET6 socket prints
 * as IPv4, as in netstat: both ends of a connection then look the same.
 */
#ifndef TCPTRAIL_FIELD_ENDPOINT_H
#define TCPTRAIL_FIELD_ENDPOINT_H

#include "base/address.h"
#include "table/table.h"

/* One end of a connection, as it is printed. */
struct endpoint {
	const uint8_t *addr;
	uint16_t port; /* host order; 0 prints as "*" */
	uint8_t family;
	const char *zone; /* interface of a link-local address; NULL: none, or not known */
	uint8_t protocol; /* of IP, whose ports have the names; 0: TCP. IPPROTO_RAW: the port is a protocol */
};

/* Room for every text below. The longest one is a full fe80::/10 address with zone and port. */
#define ENDPOINT_SIZE 64

/* "127.0.0.1", "2001:db8::1": without the zone */
void endpoint_host(const struct endpoint *endpoint, char text[ENDPOINT_SIZE]);
/* "127.0.0.1", "fe80::1%eth0": with the zone */
void endpoint_address(const struct endpoint *endpoint, char text[ENDPOINT_SIZE]);
/* "127.0.0.1:80", "[2001:db8::1]:443", "[fe80::1%eth0]:22", "0.0.0.0:*" */
void endpoint_text(const struct endpoint *endpoint, char text[ENDPOINT_SIZE]);

/* Is the address 0.0.0.0 or ::? */
bool endpoint_unspecified(const struct endpoint *endpoint);

/* Compares by mapped address, then by zone, then by port. */
int endpoint_compare(const struct endpoint *a, const struct endpoint *b);

#define ZONE_SIZE 16 /* IFNAMSIZ: the longest interface name, with its NUL */

/*
 * The zone of one of the row's addresses: the name of the interface that the socket is bound to,
 * or its index (printed into buf) if the name is not known. NULL: the address needs no zone.
 */
const char *row_zone(const struct table *table, const struct row *row, const uint8_t addr[16],
                     char buf[ZONE_SIZE]);
/* Is zone the row's interface, by name or by index? */
bool row_in_zone(const struct table *table, const struct row *row, const char *zone);

#endif
