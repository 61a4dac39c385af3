/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_FACT_NAME_H
#define TCPTRAIL_FACT_NAME_H

#include <stdint.h>

#include "fact.h"

/* The object that a FACT_NAME names. */
struct name_key {
	uint32_t kind; /* enum fact_name_kind */
	uint64_t key[2];
};

/* Keys from what they name. Addresses: network order, AF_INET mapped to ::ffff:0:0/96. */
struct name_key name_key_number(enum fact_name_kind kind, uint64_t number);
struct name_key name_key_task(uint32_t pid, uint64_t start);
struct name_key name_key_interface(uint32_t netns, uint32_t ifindex);
/* protocol: of IP; 0: TCP */
struct name_key name_key_port(uint16_t port, uint8_t protocol);
struct name_key name_key_host(int family, const uint8_t addr[16]);

/* Room for every FACT_NAME. */
union fact_name_buffer {
	struct fact_name fact;
	char bytes[sizeof(struct fact_name) + FACT_NAME_MAX + 8];
};

/* Makes a FACT_NAME; time in ns of CLOCK_BOOTTIME. Cuts a name to FACT_NAME_MAX bytes. */
void fact_name_make(union fact_name_buffer *buffer, uint64_t time, enum fact_name_kind kind,
                    const uint64_t key[2], const char *name);

#endif
