/* SPDX-License-Identifier: BSD-2-Clause */
/* How the counters of namespaces and interfaces change. */
#ifndef TCPTRAIL_TABLE_MIB_PRIVATE_H
#define TCPTRAIL_TABLE_MIB_PRIVATE_H

#include "fact/sink.h"
#include "table/mib.h"
#include "table/parts_private.h"

void fold_counts(struct table *t, const struct fact_counts *fact);
/* The namespace is gone with its interfaces. */
void mib_drop_netns(struct table *t, uint32_t netns);
/* Reports all sets, as facts of a checkpoint. */
void mib_save(const struct table *t, const struct fact_sink *sink);
void mib_free(struct table *t);

#endif
