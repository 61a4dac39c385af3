/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks up names that the table has queries for, as FACT_NAME. Hosts, ports and users go through
 * NSS, which may stall: a few threads do that, and the caller collects the answers. Paths of
 * cgroups are read at once.
 */
#ifndef TCPTRAIL_ENRICH_RESOLVE_H
#define TCPTRAIL_ENRICH_RESOLVE_H

#include "table/names.h"

struct resolve;
typedef void resolve_fn(const struct fact *fact, void *arg);

/* threads: how many lookups run at a time. 0 or -errno. Call before any setns(2). */
int resolve_open(struct resolve **resolve, unsigned int threads);
void resolve_close(struct resolve *resolve); /* does not wait for a stalled lookup */

/* An eventfd, readable when answers wait. */
int resolve_fd(const struct resolve *resolve);

/*
 * Takes the pending queries of names (all kinds but NAME_RST, NAME_NETNS, NAME_META) and queues
 * them.
 */
void resolve_take_queries(struct resolve *resolve, struct names *names);
/* Hands over the answers that are there, with the current time. Returns how many. */
unsigned int resolve_collect(struct resolve *resolve, resolve_fn *fn, void *arg);
/*
 * Waits up to timeout_ms for all queued lookups and hands over their answers. Returns how many are
 * still open.
 */
unsigned int resolve_wait(struct resolve *resolve, unsigned int timeout_ms, resolve_fn *fn,
                          void *arg);

#endif
