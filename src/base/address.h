/* SPDX-License-Identifier: BSD-2-Clause */
/* IP addresses as bytes, in network order. Of AF_INET the first 4 bytes count. */
#ifndef TCPTRAIL_BASE_ADDRESS_H
#define TCPTRAIL_BASE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

/* The form that both families share: IPv4 as ::ffff:0:0/96. */
void address_map(uint8_t family, const uint8_t addr[16], uint8_t mapped[16]);
/* Is a mapped address ::1 or in 127.0.0.0/8? */
bool address_is_loopback(const uint8_t mapped[16]);
/* Is it in fe80::/10? Such an address means another host on each link (RFC 4007). */
bool address_is_link_local(uint8_t family, const uint8_t addr[16]);
/* Is an address of AF_INET6 in ::ffff:0:0/96? */
bool address_is_mapped(const uint8_t addr[16]);

#endif
