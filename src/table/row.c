/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/row.h"

#include <string.h>

#include "base/address.h"

/* What is sent to an own address has it as its source: ip_route_output_key_hash_rcu(), net/ipv4/route.c. */
bool row_is_to_itself(const struct row *row)
{
	uint8_t local[16], remote[16];

	address_map(row->family, row->laddr, local);
	address_map(row->family, row->raddr, remote);
	return row->rport && (address_is_loopback(remote) || !memcmp(local, remote, sizeof(local)));
}
