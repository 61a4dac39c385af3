/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers about all sockets of the table or all groups. Each answer is made for all findings at
 * once, when the first finding needs it: one walk over all sockets for each finding would take
 * sockets times findings. Private to the rules.
 */
#ifndef TCPTRAIL_RULES_SURVEY_H
#define TCPTRAIL_RULES_SURVEY_H

#include "base/clock.h"
#include "base/map.h"
#include "count/group.h"

/* One answer. All zero: not made yet. */
struct survey_map {
	struct map map;
	enum { SURVEY_NOT_YET, SURVEY_MADE, SURVEY_FAILED } state;
};

struct survey {
	const struct table *table;
	const struct groups *groups;
	struct survey_map largest, unseen, processes; /* of groups */
	struct survey_map answers;                    /* of the table; rules/answers.h */
	struct survey_map listeners, ends, ports, addresses, tasks, places, queues, closed, local,
		bound, sources, reached; /* of the table */
	struct survey_map scanned;       /* of groups */
};

void survey_init(struct survey *survey, const struct table *table, const struct groups *groups);
void survey_free(struct survey *survey);

/*
 * The index of the largest group of the key's class in the same process or the same namespace.
 * false: there is none, or no memory. The functions below return false in the same way.
 */
bool survey_largest(struct survey *survey, const struct group_key *key, bool of_process,
                    size_t *index);
/* Is there a group of close-wait-unseen that differs only in its class? */
bool survey_has_unseen(struct survey *survey, const struct group_key *key);
/* The first group of the process with open fds, and whether a group of it belongs to fd-limit. */
bool survey_process(struct survey *survey, const struct group_key *key, size_t *first,
                    bool *at_limit);

/* Does a socket listen there? *known: false if there was no memory to find out. */
bool survey_listens(struct survey *survey, uint32_t netns, uint16_t port, bool *known);
/* The listener of the port, in this namespace or else in another one. NULL: none is known. */
const struct row *survey_listener(struct survey *survey, uint32_t netns, uint16_t port);
/* Does a socket of this host have the mapped address as its local address? */
bool survey_is_local(struct survey *survey, const uint8_t addr[16]);
/* The listener at the key's address, or at the wildcard address; NULL: none, or not known. */
const struct row *survey_listener_at(struct survey *survey, const struct group_key *key);
/* When the newest established connection with the key's address began; 0: none. */
uint64_t survey_reached(struct survey *survey, const struct group_key *key);
/* The number of listeners in the namespace, requested or not; 0: not known. */
uint64_t survey_listeners(struct survey *survey, uint32_t netns);
/* Sockets with that remote end, without closed ones. */
bool survey_end(struct survey *survey, const struct group_key *key, uint64_t *used,
                uint64_t *time_wait);
/* Ports of ip_local_port_range that are in use from the row's address to its remote end. */
bool survey_ports(struct survey *survey, const struct row *row, uint32_t *taken);
/*
 * A local address, and how many ports of ip_local_port_range its sockets use: bind() needs free
 * ones.
 */
struct survey_source {
	uint32_t netns, ports; /* ports: different ports in use, out of `all` */
	uint8_t addr[16];      /* mapped */
	uint64_t sockets;      /* more than ports if sockets share a port */
	uint64_t time_wait;    /* how many of the sockets */
	uint64_t bound,
		chosen;  /* connects that were seen: bind() set the port, or connect() chose it */
	uint64_t to_one; /* sockets to the remote end that has most of them */
	uint32_t all, pad;
};
/*
 * The address of the namespace with the most ports in use, among those whose sockets were bound
 * before connect(). false: none, or not known.
 */
bool survey_source(struct survey *survey, uint32_t netns, struct survey_source *source);
/* Is the row one of these sockets? */
bool survey_source_has(const struct table *table, const struct survey_source *source,
                       const struct row *row);
/* Number of ports at the key's address that have refused the key's process once or twice. */
uint64_t survey_scanned(struct survey *survey, const struct group_key *key);
/* Number of remote addresses of half-open connections to the port. */
bool survey_addresses(struct survey *survey, const struct group_key *key, uint64_t *count);
/* Number of sockets of the key's process at its place that are in CLOSE and still open. */
uint64_t survey_closed(struct survey *survey, const struct group_key *key);
/* The connections that wait for accept(), from their sockets. */
struct survey_queue {
	uint64_t count;
	uint64_t oldest; /* ns that the oldest has waited, at least */
	uint64_t old;    /* number that have waited for QUEUE_LONG, at least */
};
#define QUEUE_LONG (5 * NS_PER_SEC)
/* All zero if no connection is known to wait at this listener. */
bool survey_queue(struct survey *survey, const struct row *listener, struct survey_queue *queue);
/* Sockets by state at the key's place, of all processes. */
bool survey_place(struct survey *survey, const struct group_key *key,
                  uint32_t by_state[STATE_COUNT]);
/* Sockets by state that the process has open, without those that wait for accept(). */
bool survey_task(struct survey *survey, const struct task *task, uint32_t by_state[STATE_COUNT]);

#endif
