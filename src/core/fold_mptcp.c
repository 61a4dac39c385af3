/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MPTCP. What a program has is a socket of its own kind, with a state of its own: its end of
 * stream is a DATA_FIN, of which subflows know nothing. TCP's sockets are its subflows, and
 * the table's rows; each knows the state of the socket that it belongs to.
 */
#include "core/table_private.h"

void fold_mptcp(struct table *t, const struct fact_mptcp *fact)
{
	struct row *row = row_find_sk(t, fact->h.sk);

	if (!row || !fact->state || fact->state >= STATE_COUNT)
		return;
	if (row->cookie && fact->cookie && row->cookie != fact->cookie)
		return; /* the address is another one's by now */
	if (fact->token)
		row->mptcp_token = fact->token;
	if (row->mptcp == fact->state || fact->h.time < row->mptcp_since)
		return;
	row->mptcp = fact->state & 0xf;
	row->mptcp_since = fact->h.time;
	row->mptcp_exact = fact->old != 0;
}
