/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups of sockets. A group has the sockets that one process has in one state at one place: behind
 * one listening port, or to one remote end. It knows how many they are, how fast they come and go,
 * and how old they are. Groups follow from rows and changes alone, live or replayed.
 */
#ifndef TCPTRAIL_COUNT_GROUP_H
#define TCPTRAIL_COUNT_GROUP_H

#include <stddef.h>

#include "table/table.h"

/* What the sockets of a group have in common. */
struct group_key {
	uint64_t start; /* start time of the process */
	uint32_t pid;   /* the owner, as table_owner() finds it; 0: not known */
	uint32_t netns;
	uint8_t addr[16]; /* not passive: remote address, IPv4 as ::ffff:0:0/96 */
	uint16_t port;    /* host order; passive: local port, otherwise remote port */
	uint8_t passive;  /* the sockets came from a listener */
	uint8_t state;    /* enum tcp_state; NEW_SYN_RECV counts as SYN_RECV */
	uint8_t class;    /* class that the caller chose, 0: none */
	uint8_t pad[3];
};

/*
 * Does the kernel connect the socket, as one more subflow of an existing MPTCP connection? No
 * program notices if this connect fails.
 */
bool row_is_added(const struct table *table, const struct row *row);
/* The key of a row as it is now, without a class. */
void group_key_of(const struct table *table, const struct row *row, struct group_key *key);

#define GROUP_TALLIES 5 /* sums for the classifier, which defines their meaning */

struct group {
	struct group_key key;
	uint32_t count;
	uint64_t entered, left; /* sockets that entered and left the state, of all classes */
	uint64_t place_entered, place_left; /* the same for all processes at this place */
	/* Start of these counts, if earlier counts were forgotten; 0: nothing was forgotten. */
	uint64_t since, place_since;
	uint32_t came; /* sockets of `count` that entered the state in the window */
	/*
	 * A group of failed connects has no sockets any more: count and ages are 0, example is
	 * NULL, and the state is SYN_SENT. Connects to one remote end by processes that have
	 * exited are one group with pid 0, e.g. of a client that runs in a loop.
	 */
	enum connect_failure failure;
	uint64_t failed;
	uint64_t waited; /* ns: total wait of connects that the program gave up */
	uint64_t last;   /* time of the last arrival or failure */
	bool local;      /* the remote address belongs to this namespace */
	/* Connects of this process to the port by the other address family that did not fail. */
	uint64_t other_family;
	char comm[FACT_COMM_LEN]; /* command name, even of an exited process; "": not known */
	/* ns in the state; at_least: for some sockets only a lower bound is known */
	uint64_t youngest, median, p99, oldest;
	bool at_least;
	uint64_t tally[GROUP_TALLIES];
	const struct row *example; /* the oldest socket in the state */
	uint64_t stack;            /* stack that created most of them; 0: not known */
	uint32_t stack_count;      /* number of sockets that it created */
	size_t first;              /* index of the first member, for groups_member() */
	/* A joined group: number of processes and places; 0: a single group. */
	uint32_t processes, places;
};

struct groups;

/* NULL: no memory. */
struct groups *groups_new(const struct table *table);
void groups_free(struct groups *groups);

/* A table_change_fn: counts sockets that enter and leave states from now on. */
void groups_change(const struct change *change, void *groups);
/* Counts a failed connect (change_connect_failure). The caller filters the changes. */
void groups_failure(const struct change *change, struct groups *groups);
/* ns since the start of the counts. */
uint64_t groups_window(const struct groups *groups);

/*
 * Returns the class of a row, 1 or more, and may add to the tallies of its group. 0: no group gets
 * the row.
 */
typedef uint8_t group_class_fn(const struct table *table, const struct row *row,
                               uint64_t tally[GROUP_TALLIES], void *arg);

/*
 * Groups all rows and all failed connects again, the largest group first. It also moves the counts
 * of all sockets to their current owners. failures: class of each kind of failure, 0: no group;
 * NULL: no groups of failures. 0 or -ENOMEM.
 */
int groups_collect(struct groups *groups, group_class_fn *classify, void *arg,
                   const uint8_t failures[CONNECT_FAILURE_COUNT]);
size_t groups_count(const struct groups *groups);
/* Valid until the next groups_collect(); its example until the table changes. */
const struct group *groups_at(const struct groups *groups, size_t index);

/* The n-th socket of a group, n < count, in no order. Valid until the table changes. */
const struct row *groups_member(const struct groups *groups, const struct group *group, size_t n);
/* Number of its sockets that have been in the state for ns or longer. */
uint32_t groups_older(const struct groups *groups, const struct group *group, uint64_t ns);
/*
 * Joins groups (at least one) of one state and class: numbers are sums, ages cover all sockets, key
 * and name are those of the first. Valid until the next groups_collect(). 0 or -ENOMEM.
 */
int groups_join(struct groups *groups, const struct group *const *parts, size_t count,
                struct group *joined);

/*
 * Sets *by to the sockets that entered a state minus those that left it. who: the process, by pid
 * and start; NULL: all processes. Owners are those of the last groups_collect(). 0 or -ENOMEM.
 */
int groups_growth(struct groups *groups, uint8_t state, const struct group_key *who, int64_t *by);

/* Number of connections of the key's place that left ESTABLISHED. */
uint64_t groups_ended(const struct groups *groups, const struct group_key *place);

/* How connections ended. The end that was connected to answers, the other end asks. */
struct endings {
	uint64_t answered; /* data went both ways */
	/* Data was sent, none came back, and the asker ended it after a second or more. */
	uint64_t unanswered;
	uint64_t turned_away;   /* ended by the answerer within a second, with no data sent */
	uint64_t curt;          /* the same, with less than ENDING_CURT bytes sent */
	uint64_t brief;         /* so few bytes, but the asker ended it */
	uint64_t answered_last; /* ns of CLOCK_BOOTTIME; 0: never */
	/* Answered connections whose beginning was seen: number, their total and longest duration in ns. */
	uint64_t whole, whole_ns, whole_longest;
	uint64_t open; /* the most connections that were open when an answered one ended */
};
#define ENDING_CURT                                                                                \
	256 /* an error of a database or mail server is shorter, HTTP headers are mostly longer */

/* The endings at the key's place, of its process; pid 0: of all processes. */
void groups_endings(const struct groups *groups, const struct group_key *key,
                    struct endings *endings);

/* ns since the start of the group's counts; groups_window() if nothing was forgotten. */
uint64_t groups_window_of(const struct groups *groups, const struct group *group);
/* A number of the group per second of its window; 0 if the window is empty. */
double groups_rate(const struct groups *groups, const struct group *group, uint64_t number);

/*
 * Groups of failed connects that were forgotten to bound memory: connects of many other groups
 * failed later. If a connect of such a group fails again, its count restarts.
 */
struct groups_forgotten {
	uint64_t groups, failed; /* failed: their connects, which no group counts now */
};
void groups_forgotten(const struct groups *groups, struct groups_forgotten *forgotten);

#endif
