/* SPDX-License-Identifier: BSD-2-Clause */
/* Folds the facts about MPTCP sockets. */
#ifndef TCPTRAIL_TABLE_FOLD_MPTCP_PRIVATE_H
#define TCPTRAIL_TABLE_FOLD_MPTCP_PRIVATE_H

#include "table/parts_private.h"

void fold_mptcp(struct table *t, const struct fact_mptcp *fact);
/* The row has got addresses: if it is a subflow, its MPTCP socket may need them. */
void subflow_settled(struct table *t, const struct row *subflow, uint64_t time);
/* An MPTCP socket came to CLOSE by that fact. Drops the row if the socket is gone now. */
void mptcp_closed(struct table *t, struct row *row, const struct fact_state *fact);

#endif
