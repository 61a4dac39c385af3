/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The live feed: ties sources and enrichment to one table. Walks when its
 * schedule says so, asks what the table wants to know, gives numbers their names.
 */
#ifndef TCPTRAIL_FEED_FEED_H
#define TCPTRAIL_FEED_FEED_H

#include "base/diag.h"
#include "table/table.h"
#include "source/live.h"

struct feed;

struct feed_config {
	bool trace;      /* attach to events; else walks only */
	bool stacks;     /* with trace: user stacks of who connects, listens and accepts */
	const char *btf; /* file, for a kernel that has none; NULL: the kernel's own */
	bool host;       /* at each walk, counters and settings of namespaces that have sockets */
	bool no_holders; /* who has which fd open is not asked for */
	uint32_t ring_bytes;    /* as of live_config */
	uint64_t walk_interval; /* ns, between walks that nothing calls for; 0: five seconds */
	fact_fn *on_fact;       /* told of each fact after the table has it; may be NULL */
	void *on_fact_arg;
};

/*
 * Loads and attaches, which may take more privilege than the rest: no socket is
 * looked at yet and no thread runs. 0; or -errno with diag: nothing can be
 * traced here. Without trace, where BPF is refused, the feed falls back to
 * sock_diag in our own namespace, and *shortfall says what that lacks.
 */
int feed_open(struct feed **feed, struct table *table, const struct feed_config *config,
              struct diag *shortfall, struct diag *diag);
/* Starts the look-ups of names and takes the first walk. 0 or -errno with diag. */
int feed_begin(struct feed *feed, struct diag *diag);
void feed_close(struct feed *feed);

/* Every fact, from whichever source, comes by here: a fact_fn. */
void feed_fact(const struct fact *fact, void *feed);

/* Readable when facts (ring) or names are waiting; -1: there is none. */
int feed_ring_fd(const struct feed *feed);
int feed_names_fd(const struct feed *feed);
int feed_stacks_fd(const struct feed *feed);

/* Takes what is there: facts, answers to the table's questions, names. 0 or -errno. */
int feed_drain(struct feed *feed);
/* What was lost and is not told yet, at the end: feed_drain() asks once a second. */
void feed_report_losses(struct feed *feed);
/* Walks if it is time to, or if a loss calls for it. */
void feed_walk_if_due(struct feed *feed);
/* Walks now. 0; or -errno of what failed first, which is counted as lost and tried again. */
int feed_walk(struct feed *feed);
/* Asks what the threads of those who have the row's socket are doing now. */
void feed_examine(struct feed *feed, const struct row *row);
/* Waits for wanted names, at most that long in all. */
void feed_wait_names(struct feed *feed, unsigned int timeout_ms);

/* Waits for the stacks that facts so far have named, at most that long. */
void feed_wait_stacks(struct feed *feed, unsigned int timeout_ms);

const struct live *feed_live(const struct feed *feed); /* NULL: fallback */

#endif
