/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections whose source address the kernel translates (masquerading, SNAT), from its connection tracking.
 * Linux 2.2 had them in a file of their own, which netstat still looks for.
 */
#ifndef TCPTRAIL_LIST_MASQUERADE_H
#define TCPTRAIL_LIST_MASQUERADE_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>

#include "list/list.h"

/* One direction of a connection. The ports of ICMP are its id, and 0. */
struct masquerade_tuple {
	uint8_t source[16], destination[16];
	uint16_t source_port, destination_port;
};

struct list_masquerade {
	uint8_t family, protocol; /* AF_; IPPROTO_ */
	struct masquerade_tuple original, reply;
	uint32_t status;  /* IPS_ (linux/netfilter/nf_conntrack_common.h) */
	uint32_t timeout; /* s */
	uint32_t mark, id;
	uint16_t zone;
	uint8_t tcp_state; /* enum tcp_conntrack */
	bool has_tcp_state, has_counters;
	uint64_t packets, bytes, reply_packets, reply_bytes;
	/* How TCP's sequence numbers are shifted, because a helper changed the length of data. */
	uint32_t initial_sequence;
	int32_t delta, previous_delta;
};

/* Adds the connection of an answer of ctnetlink if its source is translated. 0 or -errno. */
int masquerade_take(struct list *list, const struct nlmsghdr *message);

const char *masquerade_protocol_name(uint8_t protocol); /* NULL: not known */
/* By enum tcp_conntrack; NULL ends it. */
extern const char *const masquerade_states[];
const char *masquerade_state_name(uint8_t tcp_state); /* NULL: none */

void masquerade_line(const struct list_request *request, const struct field_context *context,
                     const struct list_masquerade *entry, struct buffer *out);

extern const struct field masquerade_fields[];
extern const size_t masquerade_fields_count;

#endif
