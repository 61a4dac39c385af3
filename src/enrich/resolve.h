/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks up names, as FACT_NAME. Hosts, ports and users go through NSS, which may stall: a small
 * pool of threads does it, and the caller collects the answers. Cgroup paths are read at once.
 */
#ifndef TCPTRAIL_ENRICH_RESOLVE_H
#define TCPTRAIL_ENRICH_RESOLVE_H

#include "enrich/lookup.h"

struct resolve;
typedef void resolve_fn(const struct fact *fact, void *arg);

/* threads: at most that many look-ups in flight. 0 or -errno. Call before any setns(2). */
int resolve_open(struct resolve **resolve, unsigned int threads);
void resolve_close(struct resolve *resolve); /* does not wait for a stalled look-up */

/* Readable (eventfd) when answers wait. */
int resolve_fd(const struct resolve *resolve);

/* The kinds of names that can be looked up. */
#define RESOLVE_KINDS (LOOKUP_KINDS | 1U << NAME_CGROUP)
/* Call it before a series of requests: cgroups may have come and gone since the last one. */
void resolve_refresh(struct resolve *resolve);
/* Queues one look-up, of a kind in RESOLVE_KINDS; resolve_collect() hands over its answer. */
void resolve_request(struct resolve *resolve, const struct name_key *key);
/* Hands over the answers that are there; fact time is now. Returns how many. */
unsigned int resolve_collect(struct resolve *resolve, resolve_fn *fn, void *arg);
/* Waits up to timeout_ms for all queued look-ups, handing over answers. Returns those still open. */
unsigned int resolve_wait(struct resolve *resolve, unsigned int timeout_ms, resolve_fn *fn,
                          void *arg);

#endif
