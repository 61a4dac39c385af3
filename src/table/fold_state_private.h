/* SPDX-License-Identifier: BSD-2-Clause */
/* Folds transitions and the end of sockets. */
#ifndef TCPTRAIL_TABLE_FOLD_STATE_PRIVATE_H
#define TCPTRAIL_TABLE_FOLD_STATE_PRIVATE_H

#include "table/parts_private.h"

#define TIME_WAIT_LENGTH (60 * NS_PER_SEC) /* TCP_TIMEWAIT_LEN, include/net/tcp.h, a constant */

void fold_state(struct table *t, const struct fact_state *fact);
void fold_destroy(struct table *t, const struct fact_destroy *fact);

#endif
