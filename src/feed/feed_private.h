/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of this folder share. */
#ifndef TCPTRAIL_FEED_FEED_PRIVATE_H
#define TCPTRAIL_FEED_FEED_PRIVATE_H

#include "base/map.h"
#include "base/numbers.h"
#include "enrich/netns.h"
#include "enrich/resolve.h"
#include "enrich/stack_queue.h"
#include "feed/feed.h"
#include "feed/schedule.h"
#include "source/sockdiag.h"

/* A process. */
struct task_id {
	uint64_t start, pid;
};

/* The counters of protocols and interfaces; count.c. */
struct counting {
	struct map ids;           /* of counters, by name */
	struct schedule schedule; /* the only part: all namespaces */
	bool full;                /* the table has no room for more namespaces and interfaces */
	bool begun;               /* all namespaces were read once */
};

struct feed {
	struct table *table;
	struct feed_config config;
	struct live *live;         /* NULL: fallback */
	struct sockdiag *own_diag; /* of our own namespace; NULL: not open */
	struct resolve *resolve;
	struct stack_queue *stacks; /* NULL: not requested */
	struct netns_list netns;    /* at the last walk */
	struct map examined;        /* processes whose threads were examined since the last walk */
	struct numbers populated;   /* namespaces that had rows when the last walk began */
	struct netns_rows *netns_rows; /* their rows, in the order of populated */
	size_t netns_rows_room;
	struct numbers departed; /* gone namespaces, FACT_NETNS_GONE not yet reported */
	struct schedule schedule;
	struct counting counting;
	uint64_t fins_looked_up; /* when FINs of orphans' peers were looked up last */
	int64_t wall_offset;     /* ns, wall clock minus boot time, as last reported; 0: never */
	uint64_t netns_searched; /* when an unknown namespace was searched for last */
	uint64_t last_cgroup;    /* of the last fact: its name is known, or is being looked up */
	uint32_t last_netns;
	uint32_t seen_netns;       /* of the last FACT_SEEN */
	bool counted;              /* a walk has read the counters of all namespaces */
	uint64_t losses_reported;  /* when; 0: never */
	uint64_t lost[LOST_KINDS]; /* live_lost(), as of the last walk for it */
	uint32_t walked;           /* namespace that the thread is in during a walk; 0: its own */
	uint32_t named_netns;      /* namespace of the last interface that was looked up */
	uint32_t named_interface;  /* its index */
	bool finds_pids; /* /proc shows the kernel's own pids; false in another pid namespace */
	bool walking;
};

/* feed.c: reports FACT_GONE of the socket. sk: 0 if its address is not known. */
void feed_report_gone(struct feed *feed, uint64_t sk, const struct fact_sample *sample);

/* host_facts.c: reports a step of the wall clock, if there was one. */
void feed_report_clock(struct feed *feed);
/* Reports settings and counters of the namespace that the thread is in, after a walk of it. */
void feed_report_host(struct feed *feed, uint32_t netns);

/* count.c: reports the counters of all namespaces. */
void feed_open_counts(struct feed *feed);
void feed_close_counts(struct feed *feed);
void feed_count(struct feed *feed);

/* stack_lookup.c: user stacks, if they are requested. */
bool feed_wants_stacks(const struct feed_config *config);
/* Switches stacks off, and says so in shortfall, where their reader cannot be put in a sandbox. */
void feed_check_stacks(struct feed *feed, struct diag *shortfall);
int feed_open_stacks(struct feed *feed); /* 0 or -errno */
int feed_drain_stacks(struct feed *feed);

/* name_lookup.c: reports the names that a fact refers to, before the fact itself. */
void feed_report_names(struct feed *feed, const struct fact *fact);
/* Looks up all names that the table has pending queries for. */
void feed_request_names(struct feed *feed);
/* namespaces.c: updates feed->netns. 0 or -errno with diag. */
int feed_refresh_netns(struct feed *feed, struct diag *diag);
/*
 * Call just after feed_refresh_netns(): retires the rows of namespaces that are gone. The kernel
 * removes their mini and request sockets without an event. Also notes where rows are
 * (feed_note_row()).
 */
void feed_retire_netns(struct feed *feed);

/* task_lookup.c: reports what /proc says of a process. */
void feed_lookup_task(struct feed *feed, uint32_t pid, uint64_t start);
/* Looks up all processes that the table asks for. */
void feed_lookup_tasks(struct feed *feed);
/* Reports the end of processes whose FACT_EXIT may be missing. */
void feed_retire_tasks(struct feed *feed);

/* walk.c. feed_loss(): reports that a part of a walk failed. */
void feed_loss(struct feed *feed);
int feed_diag_walk(struct feed *feed, uint32_t netns, struct diag *diag);
/*
 * Walks over fds; a second time if the first walk missed open sockets, because an fd may have
 * moved. 0 or -errno.
 */
int feed_walk_holders(struct feed *feed);

/*
 * Looks up one socket of any namespace by sock_diag. Emits FACT_SEEN or FACT_GONE; nothing if that
 * fails.
 */
void feed_lookup_socket(struct feed *feed, const struct fact_sample *target);

/* confirm.c: looks at single sockets. */
/* Notes, before a walk, which namespace has which rows. */
void feed_forget_rows(struct feed *feed);
void feed_note_row(struct feed *feed, const struct row *row);
/* Reports the connections in the accept queues of this namespace's listeners (FACT_PARENT). */
void feed_report_queues(struct feed *feed, uint32_t netns);
/* Reports FACT_GONE if the socket at lookup->sk does not exist any more. */
void feed_confirm_end(struct feed *feed, const struct lookup *lookup);
/*
 * Call before the end of a walk is folded: reports the sockets that the walk missed although they
 * exist.
 */
void feed_confirm_missed(struct feed *feed, const struct fact_walk *end);
/*
 * Does this namespace, which the thread is in, still have exactly the sockets that the table has?
 * Compares with the kernel's counters and, if there are few sockets, looks at each. false: only a
 * walk can tell.
 */
bool feed_confirm_netns(struct feed *feed, uint32_t netns);

#endif
