/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and ports as numbers in text. An IPv4 address is written as such
 * in an AF_INET6 socket too (netstat does, and both ends then read alike).
 */
#ifndef TCPTRAIL_FIELD_ENDPOINT_H
#define TCPTRAIL_FIELD_ENDPOINT_H

#include "base/address.h"
#include "field/field.h"

/* Room for either of these: fe80::/10 in full with its zone and port takes it whole. */
#define ENDPOINT_SIZE 64

/* "127.0.0.1", "2001:db8::1"; the zone is left out */
void endpoint_host(const struct endpoint *endpoint, char text[ENDPOINT_SIZE]);
/* The same, and "fe80::1%eth0" */
void endpoint_address(const struct endpoint *endpoint, char text[ENDPOINT_SIZE]);
/* "127.0.0.1:80", "[2001:db8::1]:443", "[fe80::1%eth0]:22", "0.0.0.0:*" */
void endpoint_text(const struct endpoint *endpoint, char text[ENDPOINT_SIZE]);

/* Is the address 0.0.0.0 or ::? */
bool endpoint_unspecified(const struct endpoint *endpoint);

/* By address, IPv4 as ::ffff:0:0/96, then by port. */
int endpoint_compare(const struct endpoint *a, const struct endpoint *b);

#define ZONE_SIZE 16 /* IFNAMSIZ: the longest interface name, with its NUL */

/*
 * The zone of one of the row's addresses: the name of the interface that the row is bound to,
 * or its index where the name is not known, for which buf has room. NULL: the address needs none.
 */
const char *row_zone(const struct table *table, const struct row *row, const uint8_t addr[16],
                     char buf[ZONE_SIZE]);
/* Is it the row's interface, by name or by index? */
bool row_in_zone(const struct table *table, const struct row *row, const char *zone);

#endif
