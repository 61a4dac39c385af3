/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What rules want to know of the whole table or of all groups. Each answer is prepared for all
 * findings at once, when the first one asks: to look at all sockets for each finding would take
 * sockets times findings. Private to the rules.
 */
#ifndef TCPTRAIL_RULES_SURVEY_H
#define TCPTRAIL_RULES_SURVEY_H

#include "base/clock.h"
#include "base/map.h"
#include "count/group.h"

/* One answer; all zero: not prepared. */
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
 * Of the groups of the key's class, of the same process or else the same namespace: the number of
 * the largest. false: there is none, or no memory. Likewise below.
 */
bool survey_largest(struct survey *survey, const struct group_key *key, bool of_process,
                    size_t *index);
/* Is there a group of close-wait-unseen that differs in its class only? */
bool survey_has_unseen(struct survey *survey, const struct group_key *key);
/* Of the groups that a process has fds for the first; and whether fd-limit has any of them. */
bool survey_process(struct survey *survey, const struct group_key *key, size_t *first,
                    bool *at_limit);

/* Does somebody listen there? *known: false if there was no memory to find out. */
bool survey_listens(struct survey *survey, uint32_t netns, uint16_t port, bool *known);
/* Who listens there; of other namespaces, if not in this one. NULL: nobody is known. */
const struct row *survey_listener(struct survey *survey, uint32_t netns, uint16_t port);
/* Does a socket of this host have the mapped address as its own? */
bool survey_is_local(struct survey *survey, const uint8_t addr[16]);
/* Who listens there at the key's address, or at any; NULL: nobody does, or that is not known. */
const struct row *survey_listener_at(struct survey *survey, const struct group_key *key);
/* When the newest connection with the key's address began of those that came to be; 0: none. */
uint64_t survey_reached(struct survey *survey, const struct group_key *key);
/* How many listen in the namespace, in the query or not; 0: that is not known. */
uint64_t survey_listeners(struct survey *survey, uint32_t netns);
/* Sockets with that remote end, closed ones left out. */
bool survey_end(struct survey *survey, const struct group_key *key, uint64_t *used,
                uint64_t *time_wait);
/* Ports of ip_local_port_range that are taken from the row's address to its remote end. */
bool survey_ports(struct survey *survey, const struct row *row, uint32_t *taken);
/* A local address: which ports of ip_local_port_range its sockets take, each of which bind() needs. */
struct survey_source {
	uint32_t netns, ports;  /* ports: different ones, of `all` */
	uint8_t addr[16];       /* mapped */
	uint64_t sockets;       /* more than ports: some are shared */
	uint64_t time_wait;     /* of the sockets */
	uint64_t bound, chosen; /* seen to connect, with a port of bind() or without one */
	uint64_t to_one;        /* to the remote end that has most of them */
	uint32_t all, pad;
};
/*
 * That of the namespace with the most ports, of those whose sockets were bound before connect(),
 * as far as can be told. false: none, or not known.
 */
bool survey_source(struct survey *survey, uint32_t netns, struct survey_source *source);
/* Is the row one of these? */
bool survey_source_has(const struct table *table, const struct survey_source *source,
                       const struct row *row);
/* How many ports at the key's address have refused the key's process once or twice. */
uint64_t survey_scanned(struct survey *survey, const struct group_key *key);
/* From how many addresses half-open connections to the port come. */
bool survey_addresses(struct survey *survey, const struct group_key *key, uint64_t *count);
/* Sockets of the key's process at its place that are in CLOSE, and that it has open still. */
uint64_t survey_closed(struct survey *survey, const struct group_key *key);
/* What waits for accept(), as its sockets tell. */
struct survey_queue {
	uint64_t count;
	uint64_t oldest; /* ns that the first one has waited, at least */
	uint64_t old;    /* how many have waited for QUEUE_LONG, at least */
};
#define QUEUE_LONG (5 * NS_PER_SEC)
/* All zero if nothing waits for this listener, as far as is known. */
bool survey_queue(struct survey *survey, const struct row *listener, struct survey_queue *queue);
/* Sockets by state that are at the key's place, whoever has them. */
bool survey_place(struct survey *survey, const struct group_key *key,
                  uint32_t by_state[STATE_COUNT]);
/* Sockets that the process has open by state; those that wait for accept() left out. */
bool survey_task(struct survey *survey, const struct task *task, uint32_t by_state[STATE_COUNT]);

#endif
