/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks up names for what table/names.h wants, as FACT_NAME. Hosts, ports and
 * users go through NSS, which may stall: a small pool of threads does it, and
 * the caller collects the answers. Cgroup paths are read here and now.
 */
#ifndef TCPTRAIL_ENRICH_RESOLVE_H
#define TCPTRAIL_ENRICH_RESOLVE_H

#include "table/names.h"

struct resolve;
typedef void resolve_fn(const struct fact *fact, void *arg);

/* threads: at most that many look-ups in flight. 0 or -errno. Call before any setns(2). */
int resolve_open(struct resolve **resolve, unsigned int threads);
void resolve_close(struct resolve *resolve); /* does not wait for a stalled look-up */

/* Readable (eventfd) when answers wait. */
int resolve_fd(const struct resolve *resolve);

/* Takes wishes of names (all kinds but NAME_RST, NAME_NETNS, NAME_META) and queues them. */
void resolve_wishes(struct resolve *resolve, struct names *names);
/* Hands over the answers that are there; fact time is now. Returns how many. */
unsigned int resolve_collect(struct resolve *resolve, resolve_fn *fn, void *arg);
/*
 * Waits up to timeout_ms for all queued look-ups, handing over answers. Returns those still open.
 */
unsigned int resolve_wait(struct resolve *resolve, unsigned int timeout_ms, resolve_fn *fn,
                          void *arg);

#endif
