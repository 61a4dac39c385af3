/* SPDX-License-Identifier: BSD-2-Clause */
/* MPTCP sockets and the links to their subflows. */
#ifndef TCPTRAIL_TABLE_MPTCP_PRIVATE_H
#define TCPTRAIL_TABLE_MPTCP_PRIVATE_H

#include "table/parts_private.h"

/* The TCP socket becomes a subflow of the MPTCP socket. */
void mptcp_join(struct table *t, struct row *msk, struct row *subflow);
/* It is no subflow any more; nothing if it was none. */
void subflow_leave(struct table *t, struct row *row);
/* The row is about to be dropped, an MPTCP socket or a subflow. */
void mptcp_unlink(struct table *t, struct row *row);
/* No program has it open any more, nor its subflows; nothing if it is no MPTCP socket. */
void mptcp_orphaned(struct table *t, const struct row *row);
/* It has got addresses: reports the state that it entered before. */
void mptcp_born(struct table *t, const struct row *row);
/* -EINVAL: a subflow of a checkpoint has no MPTCP socket. */
int mptcp_check(const struct table *t);
/* Sorts the subflows of each MPTCP socket by index. */
void mptcp_order(struct table *t);

#endif
