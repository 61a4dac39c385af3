/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The filters of all commands. A socket must match every filter that is given. It matches a filter
 * with several values if it matches one of them.
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
	struct query_list comms; /* full command name of the owner or of any holder */
	/* In the next three "*" matches any text (base/pattern.h). */
	struct query_list netns;      /* inode number, or name; "host" */
	struct query_list cgroups;    /* path */
	struct query_list containers; /* id of a container or pod, name of a unit or user slice */
	uint64_t older, newer;        /* ns in the current state; 0: no filter */
	bool v4, v6;                  /* both or neither: any family */
};

void query_init(struct query *query);
void query_free(struct query *query);

/*
 * Adds the text of one option, e.g. "state" and "close_wait,established". Options: state pid comm
 * port lport rport addr netns cgroup container older newer. 0; -EINVAL with diag: which value is
 * invalid and what is expected; -ENOMEM.
 */
int query_add(struct query *query, const char *option, const char *text, struct diag *diag);

/* Is the address, in its mapped form, in the prefix? The zone does not count. */
bool query_cidr_has(const struct query_cidr *cidr, const uint8_t addr[16]);
/*
 * The filters one by one, for what is no row of a table. Each returns true if the query does not
 * use the filter. Unknown values (NULL) match no filter.
 */
bool query_match_netns(const struct query *query, uint32_t inode, const char *name);
bool query_match_cgroup(const struct query *query, const char *path);
bool query_match_container(const struct query *query, const char *cgroup_path);
bool query_has_pid(const struct query *query, uint32_t pid);
bool query_has_comm(const struct query *query, const char *comm);

/* Does every socket match? */
bool query_is_empty(const struct query *query);

/*
 * Does the row match? Ages end at now. If only a lower bound of the age is known, the socket
 * matches --older if the bound does, and never matches --newer.
 */
bool query_match(const struct query *query, const struct table *table, const struct row *row,
                 uint64_t now);
/*
 * Does the row fail to match only because its process or its cgroup is not known? Such a socket
 * may belong to the answer or not.
 */
bool query_undecided(const struct query *query, const struct table *table, const struct row *row,
                     uint64_t now);
/* Has the query a filter by process or cgroup, which may be unknown of a socket? */
bool query_may_be_undecided(const struct query *query);
/*
 * Does a change match? --state matches the old or the new state. --older and --newer use the time
 * in the old state. A loss always matches.
 */
bool query_match_change(const struct query *query, const struct table *table,
                        const struct change *change);

#endif
