/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks up names, as FACT_NAME. Hosts, ports and users go through
 * NSS, which may stall: a few threads do that, and the caller collects the answers. Paths of
 * cgroups are read at once.
 */
#ifndef TCPTRAIL_ENRICH_RESOLVE_H
#define TCPTRAIL_ENRICH_RESOLVE_H

#include "enrich/nss.h"

struct resolve;
typedef void resolve_fn(const struct fact *fact, void *arg);

/* threads: how many lookups run at a time. 0 or -errno. Call before any setns(2). */
int resolve_open(struct resolve **resolve, unsigned int threads);
void resolve_close(struct resolve *resolve); /* does not wait for a stalled lookup */

/* An eventfd, readable when answers wait. */
int resolve_fd(const struct resolve *resolve);

/* The kinds of names that can be looked up. */
#define RESOLVE_KINDS (NSS_KINDS | 1U << NAME_CGROUP)
/* Call it before a series of requests: cgroups may have come and gone since the last one. */
void resolve_refresh(struct resolve *resolve);
/* Queues one lookup, of a kind in RESOLVE_KINDS; resolve_collect() hands over its answer. */
void resolve_request(struct resolve *resolve, const struct name_key *key);
/* Hands over the answers that are there, with the current time. Returns how many. */
unsigned int resolve_collect(struct resolve *resolve, resolve_fn *fn, void *arg);
/*
 * Waits up to timeout_ms for all queued lookups and hands over their answers. Returns how many are
 * still open.
 */
unsigned int resolve_wait(struct resolve *resolve, unsigned int timeout_ms, resolve_fn *fn,
                          void *arg);

#endif
