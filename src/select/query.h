/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which sockets are asked for: the filters common to every command. All that
 * are given must hold; one filter with several values holds if any does.
 */
#ifndef TCPTRAIL_SELECT_QUERY_H
#define TCPTRAIL_SELECT_QUERY_H

#include <stddef.h>

#include "base/diag.h"
#include "table/table.h"

struct query_cidr {
	uint8_t addr[16]; /* IPv4 as ::ffff:0:0/96, so that it matches v4-mapped sockets too */
	uint8_t bits;     /* 0..128, counted in the mapped form */
	char zone[16];    /* interface, by name or index; "": any */
};

struct query_list { /* growable list of strings, owned */
	char **items;
	size_t count;
};

struct query {
	uint32_t states; /* STATE_BIT set; 0: any */
	uint32_t *pids;
	size_t pid_count;
	uint16_t *ports, *lports, *rports;
	size_t port_count, lport_count, rport_count;
	struct query_cidr *cidrs;
	size_t cidr_count;
	struct query_list comms; /* whole comm of owner or any holder */
	/* In these "*" stands for any text (base/pattern.h). */
	struct query_list netns;      /* inode number, or name; "host" */
	struct query_list cgroups;    /* path */
	struct query_list containers; /* id of a container or pod, name of a unit or user slice */
	uint64_t older, newer;        /* ns in present state; 0: not asked */
	bool v4, v6;                  /* both or none: any family */
};

void query_init(struct query *query);
void query_free(struct query *query);

/*
 * Adds one option's text, e.g. "--state", "close_wait,established". 0, or
 * -EINVAL with diag naming what was wrong and what is accepted; -ENOMEM.
 * option is without dashes: state pid comm port lport rport addr netns cgroup
 * container older newer.
 */
int query_add(struct query *query, const char *option, const char *text, struct diag *diag);

/* Does it let all sockets pass? */
bool query_is_empty(const struct query *query);

/*
 * Does the row match? Ages are counted to now. A lower-bound age satisfies
 * --older when the bound does, and --newer only when exact.
 */
bool query_match(const struct query *query, const struct table *table, const struct row *row,
                 uint64_t now);
/*
 * Is it left out for no other reason than that something asked for is not known of it: its
 * process, its cgroup? It might be one of those that were asked for, or not.
 */
bool query_undecided(const struct query *query, const struct table *table, const struct row *row,
                     uint64_t now);
/* Does the query ask for what may be not known of a socket? */
bool query_may_be_undecided(const struct query *query);
/*
 * Does a change match? --state holds if old or new state is in it, --older and
 * --newer look at the time spent in the old state. Losses always match.
 */
bool query_match_change(const struct query *query, const struct table *table,
                        const struct change *change);

#endif
