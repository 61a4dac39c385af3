/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/change.h"

#include <errno.h>

#include "base/clock.h"
#include "fact/words.h"

#define GIVEN_UP_LEAST (10 * NS_PER_MS)

#define NAME_OF(names, index)                                                                      \
	((unsigned int)(index) < sizeof(names) / sizeof((names)[0]) ? (names)[index] : "")
#define COVERS(names, count)                                                                       \
	_Static_assert(sizeof(names) / sizeof((names)[0]) == (count), "one name for each")

static const char *const retransmit_kinds[] = {
	[RETRANSMIT_SYN] = "SYN", [RETRANSMIT_SYNACK] = "SYN+ACK",
	[RETRANSMIT_RTO] = "RTO", [RETRANSMIT_FAST] = "fast",
	[RETRANSMIT_TLP] = "TLP", [RETRANSMIT_SLOW_START] = "slow-start",
};
COVERS(retransmit_kinds, RETRANSMIT_KIND_COUNT);

static const char *const holdings[] = {
	[HOLDING_UNKNOWN] = "",      [HOLDING_OPEN] = "open",     [HOLDING_CLOSED] = "closed",
	[HOLDING_EXITED] = "exited", [HOLDING_HIDDEN] = "hidden", [HOLDING_KERNEL] = "kernel",
};
COVERS(holdings, HOLDING_COUNT);

enum connect_failure connect_failure_of(int err)
{
	switch (err) {
	case ECONNREFUSED:
		return CONNECT_REFUSED;
	/*
	 * icmp_err_convert[], net/ipv4/icmp.c; tab_unreach[], net/ipv6/icmp.c; a filter on the way
	 * out.
	 */
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENETDOWN:
	case ENONET:
	case ENOPROTOOPT:
	case EPROTO:
	case EACCES:
	case EPERM:
		return CONNECT_UNREACHABLE;
	case ETIMEDOUT:
		return CONNECT_TIMED_OUT;
	case EADDRNOTAVAIL:
		return CONNECT_NO_PORT;
	default:
		return CONNECT_FAILURE_NONE;
	}
}

/*
 * The SYN was answered by an ICMP error in the same namespace. There connect() does not return
 * before the SYN is processed. If the socket is locked then, tcp_v4_err() (net/ipv4/tcp_ipv4.c)
 * sets no sk_err but sk_err_soft, which SO_ERROR takes before close().
 */
static bool was_rejected_here(const struct row *row)
{
	return row_is_to_itself(row) && row->flags & ROW_QUEUES && row->wqueue;
}

/*
 * close() of a socket in SYN_SENT sets no error. connect() itself goes back to CLOSE at once if it
 * finds no local port (tcp_v4_connect()): the value that it returns reports that.
 */
static bool is_given_up(const struct change *change)
{
	const struct row *row = change->row;

	return !row->err && !change->inferred && change->dwell_known && !row->rsts_received &&
	       (change->dwell >= GIVEN_UP_LEAST || was_rejected_here(row));
}

enum connect_failure change_connect_failure(const struct change *change)
{
	if (change->row && change->row->flags & ROW_MPTCP)
		return CONNECT_FAILURE_NONE; /* its subflow has failed, and knows why */
	if (change->kind == CHANGE_CONNECT_FAILED)
		return connect_failure_of(change->err);
	if (change->kind == CHANGE_STATE && change->old == STATE_SYN_SENT &&
	    change->new == STATE_CLOSE)
		return is_given_up(change) ? CONNECT_GIVEN_UP
		                           : connect_failure_of(change->row->err);
	return CONNECT_FAILURE_NONE;
}

const char *retransmit_kind_name(enum retransmit_kind kind)
{
	return NAME_OF(retransmit_kinds, kind);
}

static const char *word_of(const struct words *words, uint64_t value)
{
	const char *word = words_name(words, value);

	return word ? word : "";
}

const char *closer_name(enum closer closer)
{
	return word_of(&fact_closers, closer);
}

const char *owner_source_name(enum owner_source source)
{
	return word_of(&fact_owner_sources, source);
}

const char *holding_name(enum holding holding)
{
	return NAME_OF(holdings, holding);
}

const char *loss_where_name(enum fact_loss_where where)
{
	return word_of(&fact_losses, where);
}
