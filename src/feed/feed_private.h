/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files that make up the feed; nobody else includes it. */
#ifndef TCPTRAIL_FEED_FEED_PRIVATE_H
#define TCPTRAIL_FEED_FEED_PRIVATE_H

#include "base/map.h"
#include "base/numbers.h"
#include "enrich/netns.h"
#include "enrich/resolve.h"
#include "enrich/stacks.h"
#include "feed/feed.h"
#include "feed/schedule.h"
#include "source/sockdiag.h"

/* A process. */
struct task_id {
	uint64_t start, pid;
};

struct feed {
	struct table *table;
	struct feed_config config;
	struct live *live;         /* NULL: fallback */
	struct sockdiag *own_diag; /* of our own namespace; NULL: not to be had */
	struct resolve *resolve;
	struct stacks *stacks;    /* NULL: not wanted */
	struct netns_list netns;  /* as the last walk found them */
	struct map examined;      /* processes whose threads were looked at since the last walk */
	struct numbers populated; /* namespaces that had rows when the last walk began ... */
	struct feed_few *few;     /* ... and their rows, in the order of populated */
	size_t few_room;
	struct numbers departed; /* were there, and nobody has been told yet that they are gone */
	struct schedule schedule;
	uint64_t looked;         /* for FINs of orphans' peers */
	int64_t wall_offset;     /* ns, wall clock minus boot time, as last told; 0: not yet */
	uint64_t netns_searched; /* for one that was not known */
	uint64_t last_cgroup;    /* of the last fact: known, or asked for */
	uint32_t last_netns;
	uint32_t seen_netns;       /* of the last socket found */
	uint64_t losses_reported;  /* when; 0: not yet */
	uint64_t lost[LOST_KINDS]; /* as live_lost(), when that was last dealt with */
	uint32_t walked;           /* namespace that the thread is in for a walk; 0: its own */
	uint32_t named_netns;      /* of the interface that was looked up last, */
	uint32_t named_interface;  /* and its index */
	bool finds_pids;           /* in /proc: not where we are in a pid namespace of our own */
	bool walking;
};

/* feed_names.c: what goes before the first fact that wants it. */
void feed_introduce(struct feed *feed, const struct fact *fact);
/* Requests the names that views have looked for and not found. */
void feed_request_names(struct feed *feed);
/* Finds the namespaces there are now. */
int feed_refresh_netns(struct feed *feed, struct diag *diag);
/*
 * Just after that: those that are gone took their mini and request sockets along, without a
 * word, and some came and went since the last walk.
 */
void feed_bury_netns(struct feed *feed);

/* feed_tasks.c: processes, by /proc. */
void feed_tell_task(struct feed *feed, uint32_t pid, uint64_t start);
/* All that the table asks about. */
void feed_tell_tasks(struct feed *feed);
/* Those that have ended, where that may have gone unheard. */
void feed_bury_tasks(struct feed *feed);

/* feed_walk.c: a walk's parts. feed_loss: one of them failed half-way. */
void feed_loss(struct feed *feed);
void feed_clock(struct feed *feed); /* tells of a wall clock that was set */
int feed_diag_walk(struct feed *feed, uint32_t netns, struct diag *diag);
/* Twice, if the first time open sockets were missed: an fd may have moved. 0 or -errno. */
int feed_walk_holders(struct feed *feed);

/* One socket, in whatever namespace, by sock_diag: FACT_SEEN, FACT_GONE, or nothing if that fails. */
void feed_look_up(struct feed *feed, const struct fact_sample *want);

/* feed_confirm.c: sockets looked at one by one. */
/* Before a walk: where the rows are. */
void feed_forget_rows(struct feed *feed);
void feed_note_row(struct feed *feed, const struct row *row);
/* Whose accept queue they wait in, of the sockets of the namespace that was walked. */
void feed_tell_queues(struct feed *feed, uint32_t netns);
/* Is the socket at question->sk there? Its end is told if not. */
void feed_confirm_end(struct feed *feed, const struct question *question);
/* A walk ends: what it has not seen and is there all the same is told before that. */
void feed_confirm_missed(struct feed *feed, const struct fact_walk *end);
/*
 * Are the sockets of the namespace that the thread is in those that the table has? Asked of the
 * kernel's counters and, if they are few, of each. false: it takes a walk to tell.
 */
bool feed_confirm_netns(struct feed *feed, uint32_t netns);

#endif
