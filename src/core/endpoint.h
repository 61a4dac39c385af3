/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and ports as numbers in text. An IPv4 address is written as such
 * in an AF_INET6 socket too (netstat does, and both ends then read alike).
 */
#ifndef TCPTRAIL_CORE_ENDPOINT_H
#define TCPTRAIL_CORE_ENDPOINT_H

#include "core/field.h"

#define ENDPOINT_SIZE 64 /* room for either of these */

/* "127.0.0.1", "2001:db8::1" */
void endpoint_address(const struct endpoint *endpoint, char text[ENDPOINT_SIZE]);
/* "127.0.0.1:80", "[2001:db8::1]:443", "0.0.0.0:*" */
void endpoint_text(const struct endpoint *endpoint, char text[ENDPOINT_SIZE]);

/* Is the address 0.0.0.0 or ::? */
bool endpoint_unspecified(const struct endpoint *endpoint);

/* The form that both families share: IPv4 as ::ffff:0:0/96. */
void endpoint_map(uint8_t family, const uint8_t addr[16], uint8_t mapped[16]);

/* By address, IPv4 as ::ffff:0:0/96, then by port. */
int endpoint_compare(const struct endpoint *a, const struct endpoint *b);

#endif
