/* SPDX-License-Identifier: BSD-2-Clause */
/* Folds events that change no state. */
#ifndef TCPTRAIL_TABLE_FOLD_SIGNAL_PRIVATE_H
#define TCPTRAIL_TABLE_FOLD_SIGNAL_PRIVATE_H

#include "table/parts_private.h"

void fold_retransmit(struct table *t, const struct fact_retransmit *fact);
void fold_synack(struct table *t, const struct fact_synack *fact);
void fold_reset(struct table *t, const struct fact_reset *fact);
void fold_accept(struct table *t, const struct fact_syscall *fact);
void fold_connect(struct table *t, const struct fact_syscall *fact);

#endif
