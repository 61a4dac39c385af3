/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The live feed ties the sources and enrichment to one table. It walks when its schedule says so,
 * looks up what the table asks for, and reports names for the numbers in facts.
 */
#ifndef TCPTRAIL_FEED_FEED_H
#define TCPTRAIL_FEED_FEED_H

#include "base/diag.h"
#include "table/table.h"
#include "source/live.h"

struct feed;

struct feed_config {
	bool trace;      /* attach to events; else only walk */
	bool stacks;     /* with trace: user stacks of connect(), listen() and accept() calls */
	const char *btf; /* file with BTF, for a kernel without; NULL: the kernel's own */
	bool host;   /* at each walk, report counters and settings of namespaces that have sockets;
	            * at the first walk, counters of all namespaces */
	bool counts; /* report all counters of protocols and interfaces, each 10 s or more */
	bool no_holders;        /* do not walk over fds */
	uint32_t ring_bytes;    /* see live_config */
	uint64_t walk_interval; /* ns between two regular walks; 0: five seconds */
	fact_fn *on_fact;       /* called for each fact after the table has it; may be NULL */
	void *on_fact_arg;
};

/*
 * Loads and attaches the BPF programs, which may need more privilege than the rest. Looks at no
 * socket and starts no thread. 0; or -errno with diag: tracing is not possible here. Without trace,
 * if BPF is refused, the feed falls back to sock_diag in its own namespace; *shortfall says what is
 * missing then.
 */
int feed_open(struct feed **feed, struct table *table, const struct feed_config *config,
              struct diag *shortfall, struct diag *diag);
/* Starts the helpers for names and stacks, then walks once. 0 or -errno with diag. */
int feed_begin(struct feed *feed, struct diag *diag);
void feed_close(struct feed *feed);

/* All sources hand their facts to this fact_fn. */
void feed_fact(const struct fact *fact, void *feed);

/* Readable when facts (ring), names or stacks are waiting; -1: there is no such fd. */
int feed_ring_fd(const struct feed *feed);
int feed_names_fd(const struct feed *feed);
int feed_stacks_fd(const struct feed *feed);

/* Handles all facts, lookups of the table and names that are waiting. 0 or -errno. */
int feed_drain(struct feed *feed);
/*
 * Reports the losses since the last report. feed_drain() does so once a second; call it at the end.
 */
void feed_report_losses(struct feed *feed);
/* Reads counters if they are due. */
void feed_count_if_due(struct feed *feed);
/* Walks if the schedule or a loss requires it. */
void feed_walk_if_due(struct feed *feed);
/*
 * Walks now. 0; or -errno of the first part that failed. What failed is reported as lost and
 * retried later.
 */
int feed_walk(struct feed *feed);
/* Reports what the threads of the holders and the owner of this row's socket are doing now. */
void feed_examine(struct feed *feed, const struct row *row);
/* Waits for names that are being looked up, at most timeout_ms in all. */
void feed_wait_names(struct feed *feed, unsigned int timeout_ms);

/* Waits for the stacks of all facts so far, at most timeout_ms. */
void feed_wait_stacks(struct feed *feed, unsigned int timeout_ms);

const struct live *feed_live(const struct feed *feed); /* NULL: fallback */

#endif
