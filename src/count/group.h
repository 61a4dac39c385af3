/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets in groups: those in one state that one process has, behind one listening
 * port or towards one remote end. How many there are, how fast they come and go,
 * how old they are. Pure: made of rows and changes, live or replayed.
 */
#ifndef TCPTRAIL_COUNT_GROUP_H
#define TCPTRAIL_COUNT_GROUP_H

#include <stddef.h>

#include "table/table.h"

/* What the sockets of a group have in common. */
struct group_key {
	uint64_t start; /* of the process */
	uint32_t pid;   /* of whom table_owner() names; 0: nobody is known */
	uint32_t netns;
	uint8_t addr[16]; /* of active ones: the peer's, IPv4 as ::ffff:0:0/96 */
	uint16_t port;    /* host order; passive: the local one, active: the remote one */
	uint8_t passive;  /* behind a listener */
	uint8_t state;    /* enum tcp_state; NEW_SYN_RECV counts as SYN_RECV */
	uint8_t class;    /* what the caller sorts them into, 0: nothing */
	uint8_t pad[3];
};

/* Did the other end connect? Of a socket whose beginning was not seen its ports tell. */
bool row_is_passive(const struct table *table, const struct row *row);
/* Is its other end an address of this host, its own or a loopback address? */
bool row_is_to_itself(const struct row *row);
/*
 * Does the kernel connect it, as one more subflow of an MPTCP connection there is? That it fails no
 * program notices.
 */
bool row_is_added(const struct table *table, const struct row *row);
/* Where a row belongs as it is now; no class. */
void group_key_of(const struct table *table, const struct row *row, struct group_key *key);

#define GROUP_TALLIES 5 /* numbers a classifier may add up, whatever they mean to it */

struct group {
	struct group_key key;
	uint32_t count;
	uint64_t entered, left; /* sockets that came into, went out of the state; of any class */
	uint64_t place_entered, place_left; /* the same, of all processes at this place */
	/* When these counts begin, if what was counted before was forgotten; 0: it was not. */
	uint64_t since, place_since;
	uint32_t came; /* of those that are there: how many came into the state meanwhile */
	/*
	 * Of a group of failed connects: how often that happened while it was watched. Of
	 * those no sockets are left: count and ages are 0, there is no example, and the
	 * state is SYN_SENT. Of processes that have exited, those to one remote end are one
	 * group, with pid 0: a client that is run in a loop.
	 */
	enum connect_failure failure;
	uint64_t failed;
	uint64_t waited; /* ns, in all, that those which the program gave up have waited */
	uint64_t last;   /* when one came or failed last */
	bool local;      /* they went to an address of this namespace */
	/* Connects of the same process to the port, by the other address family, that did not fail. */
	uint64_t other_family;
	char comm[FACT_COMM_LEN]; /* who failed, even if that has exited; "": not known */
	/* ns in the state; at_least: of one of them or more only a lower bound is known */
	uint64_t youngest, median, p99, oldest;
	bool at_least;
	uint64_t tally[GROUP_TALLIES];
	const struct row *example; /* the one that is longest in its state */
	uint64_t stack;            /* that most of them were made by; 0: none is known */
	uint32_t stack_count;      /* how many were */
	size_t first;              /* its members begin there, for groups_member() */
	/* Of groups that were joined: how many processes and places there are; 0: it is one group. */
	uint32_t processes, places;
};

struct groups;

/* NULL: no memory. */
struct groups *groups_new(const struct table *table);
void groups_free(struct groups *groups);

/* A table_change_fn: counts who enters and leaves which state, from now on. */
void groups_change(const struct change *change, void *groups);
/* Counts a failed connect (change_connect_failure); the caller leaves out whom it does not want. */
void groups_failure(const struct change *change, struct groups *groups);
/* For how long it has counted, ns. */
uint64_t groups_window(const struct groups *groups);

/*
 * Sorts a row into a class, 1 or more, and may add to the tallies of its group;
 * 0: it belongs to none, and is left out.
 */
typedef uint8_t group_class_fn(const struct table *table, const struct row *row,
                               uint64_t tally[GROUP_TALLIES], void *arg);

/*
 * Groups all rows anew, and the connects that failed. The largest group first. Who came
 * is counted for who has it by now, in a group or not.
 * failures: the class of each kind of these, 0: left out; NULL: all are. 0 or -ENOMEM.
 */
int groups_collect(struct groups *groups, group_class_fn *classify, void *arg,
                   const uint8_t failures[CONNECT_FAILURE_COUNT]);
size_t groups_count(const struct groups *groups);
/* Valid until the next groups_collect; example until the table changes. */
const struct group *groups_at(const struct groups *groups, size_t index);

/* The n-th socket of a group, below its count, in no order; valid until the table changes. */
const struct row *groups_member(const struct groups *groups, const struct group *group, size_t n);
/* How many of its sockets are in their state for so many ns or longer. */
uint32_t groups_older(const struct groups *groups, const struct group *group, uint64_t ns);
/*
 * Makes one group of several, 1 or more, of one state and class: numbers are sums, ages are those
 * of all. Key and name are the first one's. Valid until the next groups_collect(). 0 or -ENOMEM.
 */
int groups_join(struct groups *groups, const struct group *const *parts, size_t count,
                struct group *joined);

/*
 * How many more came into a state than left it while it counted: of the process
 * that `who` names by pid and start, NULL: of all. Whose they are is as of the
 * last groups_collect(). 0 or -ENOMEM.
 */
int groups_growth(struct groups *groups, uint8_t state, const struct group_key *who, int64_t *by);

/* How many connections of the key's place have left ESTABLISHED while it counted. */
uint64_t groups_ended(const struct groups *groups, const struct group_key *place);

/* How connections have ended while it counted. Who answers is who was connected to. */
struct endings {
	uint64_t answered; /* something was asked, and something answered */
	uint64_t
		unanswered; /* asked, not answered, and who had asked ended it after a second or later */
	/* Ended by who was connected to, within a second: with nothing sent ... */
	uint64_t turned_away;
	uint64_t curt;          /* ... or a word, of less than ENDING_CURT bytes */
	uint64_t brief;         /* such a word, but who has connected ended it */
	uint64_t answered_last; /* ns of CLOCK_BOOTTIME; 0: none was */
};
#define ENDING_CURT                                                                                \
	256 /* an error of a database or a mail server; HTTP's headers mostly take more */

/* Those of the key's place: of its process, or with pid 0 of all. All zero: none has ended. */
void groups_endings(const struct groups *groups, const struct group_key *key,
                    struct endings *endings);

/* For how long the group's numbers were counted, ns; of most that is groups_window(). */
uint64_t groups_window_of(const struct groups *groups, const struct group *group);
/* "per second" of a number of the group's window; 0 if there was none. */
double groups_rate(const struct groups *groups, const struct group *group, uint64_t number);

/*
 * Groups of failed connects that were forgotten so that memory is bounded: they had no socket,
 * and connects of many others failed later. What comes to them later is counted from then on.
 */
struct groups_forgotten {
	uint64_t groups, failed; /* failed: connects of theirs that no group counts any more */
};
void groups_forgotten(const struct groups *groups, struct groups_forgotten *forgotten);

#endif
