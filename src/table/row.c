/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/row.h"

#include <string.h>

#include "base/address.h"

/*
 * What is sent to an own address has it as its source: ip_route_output_key_hash_rcu(),
 * net/ipv4/route.c.
 */
bool row_is_to_itself(const struct row *row)
{
	uint8_t local[16], remote[16];

	address_map(row->family, row->laddr, local);
	address_map(row->family, row->raddr, remote);
	return row->rport && (address_is_loopback(remote) || !memcmp(local, remote, sizeof(local)));
}

void row_sample(const struct row *row, struct fact_sample *s)
{
	*s = (struct fact_sample){
		.family = row->family,
		.netns = row->netns,
		.lport = row->lport,
		.rport = row->rport,
		.ifindex = row->ifindex,
		.cookie = row->cookie,
		.state = row->state,
		.flags = SAMPLE_TUPLE,
	};
	if (row->flags & ROW_MINI)
		s->flags |= SAMPLE_MINI;
	if (row->flags & ROW_REQUEST)
		s->flags |= SAMPLE_REQUEST;
	s->mptcp = !!(row->flags & ROW_MPTCP);
	memcpy(s->laddr, row->laddr, sizeof(s->laddr));
	memcpy(s->raddr, row->raddr, sizeof(s->raddr));
}
