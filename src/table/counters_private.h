/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters by namespace. */
#ifndef TCPTRAIL_TABLE_COUNTERS_PRIVATE_H
#define TCPTRAIL_TABLE_COUNTERS_PRIVATE_H

#include "table/counters.h"
#include "table/parts_private.h"

void fold_counter(struct table *t, const struct fact_counter *fact);
void fold_netns_gone(struct table *t, const struct fact_netns *fact);
/* The counters of all namespaces, in the order in which they came. */
const struct netns_counters *counters_first(const struct table *t);
const struct netns_counters *counters_next(const struct table *t,
                                           const struct netns_counters *counters);
void counters_free(struct table *t);

#endif
