/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/fold_mptcp_private.h"

#include "table/life_private.h"
#include "table/mptcp_private.h"
#include "table/pending_private.h"
#include "table/rows_private.h"

/*
 * Until the end of its handshake an MPTCP socket has no addresses (mptcp_copy_inaddrs()), but its
 * subflow has.
 */
void subflow_settled(struct table *t, const struct row *subflow, uint64_t time)
{
	struct row *msk = subflow->flags & ROW_SUBFLOW ? row_at(t, subflow->mptcp) : NULL;
	struct fact_sample s;

	if (!msk || (msk->flags & ROW_INDEXED && msk->lport) || !(subflow->flags & ROW_INDEXED))
		return;
	row_sample(subflow, &s);
	s.mptcp = 1;
	row_settle(t, msk, &s, time);
	if (msk->lport)
		row_port_known(t, msk);
}

/* If no program has it any more, this is the only sign of its end. */
void mptcp_closed(struct table *t, struct row *row, const struct fact_state *fact)
{
	if (fact->s.flags & SAMPLE_DEAD)
		row_end(t, row, fact->h.time);
	else
		pending_end(t, row, fact->h.time); /* close() marks it as dead only after that */
}

void fold_mptcp(struct table *t, const struct fact_mptcp *fact)
{
	struct row *msk = row_find_sk(t, fact->h.sk), *subflow = row_find_sk(t, fact->subflow);

	if (!msk || !(msk->flags & ROW_MPTCP))
		return;
	if (fact->token)
		msk->token = fact->token;
	if (!subflow || subflow->flags & (ROW_MPTCP | ROW_MINI | ROW_REQUEST))
		return;
	if (subflow->cookie && fact->cookie && subflow->cookie != fact->cookie)
		return; /* another socket has the address now */
	mptcp_join(t, msk, subflow);
	subflow_settled(t, subflow, fact->h.time);
}
