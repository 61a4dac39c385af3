/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Matches rows and changes against a query. Each filter is one function, which returns true if the
 * query does not use the filter. query_add.c reads the filters from text.
 */
#include "select/query.h"

#include <ctype.h>
#include <string.h>
#include <sys/socket.h>

#include "base/parse.h"
#include "base/pattern.h"
#include "table/container.h"
#include "field/endpoint.h"

/* The look-up may queue a request for the name. That changes nothing that the table reports. */
static const char *name_of(const struct table *table, enum fact_name_kind kind, uint64_t number)
{
	if (!number)
		return NULL;
	return names_query(table_names((struct table *)table), name_key_number(kind, number));
}

static bool match_family(const struct query *query, const struct table *table,
                         const struct row *row)
{
	(void)table;
	if (query->v4 == query->v6)
		return true;
	return row->family == (query->v4 ? AF_INET : AF_INET6);
}

static bool has_port(const uint16_t *ports, size_t count, uint16_t port)
{
	for (size_t i = 0; i < count; i++) {
		if (ports[i] == port)
			return true;
	}
	return false;
}

static bool match_ports(const struct query *query, const struct table *table, const struct row *row)
{
	(void)table;
	return (!query->port_count || has_port(query->ports, query->port_count, row->lport) ||
	        has_port(query->ports, query->port_count, row->rport)) &&
	       (!query->lport_count || has_port(query->lports, query->lport_count, row->lport)) &&
	       (!query->rport_count || has_port(query->rports, query->rport_count, row->rport));
}

bool query_cidr_has(const struct query_cidr *cidr, const uint8_t addr[16])
{
	unsigned int whole = cidr->bits / 8, rest = cidr->bits % 8;

	return !memcmp(cidr->addr, addr, whole) &&
	       (!rest || (cidr->addr[whole] ^ addr[whole]) >> (8 - rest) == 0);
}

static bool match_address(const struct query *query, const struct table *table,
                          const struct row *row)
{
	uint8_t local[16], remote[16];

	address_map(row->family, row->laddr, local);
	address_map(row->family, row->raddr, remote);
	for (size_t i = 0; i < query->cidr_count; i++) {
		const struct query_cidr *cidr = &query->cidrs[i];

		if ((query_cidr_has(cidr, local) || query_cidr_has(cidr, remote)) &&
		    (!cidr->zone[0] || row_in_zone(table, row, cidr->zone)))
			return true;
	}
	return !query->cidr_count;
}

bool query_has_pid(const struct query *query, uint32_t pid)
{
	for (size_t i = 0; i < query->pid_count; i++) {
		if (query->pids[i] == pid)
			return true;
	}
	return !query->pid_count;
}

bool query_has_comm(const struct query *query, const char *comm)
{
	for (size_t i = 0; i < query->comms.count; i++) {
		if (!strncmp(query->comms.items[i], comm, FACT_COMM_LEN))
			return true;
	}
	return !query->comms.count;
}

static bool is_pid(const struct query *query, const struct task *task)
{
	return task && query_has_pid(query, task->pid);
}

static bool is_comm(const struct query *query, const struct task *task)
{
	return task && query_has_comm(query, task->comm);
}

static bool match_task(const struct query *query, const struct table *table, const struct row *row)
{
	const struct holder *holder = table_holder(table, row->holders);
	bool pid = !query->pid_count, comm = !query->comms.count;
	struct owner owner;

	if (pid && comm)
		return true;
	table_owner(table, row, &owner);
	pid |= is_pid(query, owner.task);
	comm |= is_comm(query, owner.task);
	for (; holder && !(pid && comm); holder = table_holder(table, holder->next)) {
		pid |= is_pid(query, table_task(table, holder->task));
		comm |= is_comm(query, table_task(table, holder->task));
	}
	return pid && comm;
}

static bool is_netns(const char *asked, uint32_t inode, const char *name)
{
	uint64_t number;

	if (!parse_number(asked, 0, UINT32_MAX, &number) && number == inode)
		return true;
	return name && name[0] && pattern_match(asked, name);
}

bool query_match_netns(const struct query *query, uint32_t inode, const char *name)
{
	for (size_t i = 0; i < query->netns.count; i++) {
		if (is_netns(query->netns.items[i], inode, name))
			return true;
	}
	return !query->netns.count;
}

static bool match_netns(const struct query *query, const struct table *table, const struct row *row)
{
	return !query->netns.count ||
	       query_match_netns(query, row->netns, name_of(table, NAME_NETNS, row->netns));
}

/* The pattern may omit the leading slash. */
bool query_match_cgroup(const struct query *query, const char *path)
{
	for (size_t i = 0; path && i < query->cgroups.count; i++) {
		const char *asked = query->cgroups.items[i];

		if (pattern_match(asked, path) ||
		    (path[0] == '/' && pattern_match(asked, path + 1)))
			return true;
	}
	return !query->cgroups.count;
}

static bool match_cgroup(const struct query *query, const struct table *table,
                         const struct row *row)
{
	return !query->cgroups.count || query_match_cgroup(query, row_cgroup_path(table, row));
}

#define SHORT_ID 12 /* digits of a container's id that engines and tcptrail print */

static bool is_hex_id(const char *id)
{
	size_t digits = strspn(id, "0123456789abcdefABCDEF");

	return digits >= SHORT_ID && !id[digits];
}

/* A unit matches with and without its suffix: "nginx.service", "nginx". */
static bool is_unit(const char *asked, const char *unit)
{
	const char *dot = strrchr(unit, '.');

	if (pattern_match(asked, unit))
		return true;
	return dot &&
	       (!strcmp(dot, ".service") || !strcmp(dot, ".scope") || !strcmp(dot, ".slice")) &&
	       pattern_match_part(asked, unit, (size_t)(dot - unit));
}

static bool is_container(const char *asked, const struct container *container)
{
	size_t runtime = strlen(container->runtime);

	/* "docker:3f4e7d2a9b8c", as the container column prints it */
	if (!strncmp(asked, container->runtime, runtime) && asked[runtime] == ':')
		asked += runtime + 1;
	if (container->pod[0] && pattern_match(asked, container->pod))
		return true;
	if (container->user_slice[0] && is_unit(asked, container->user_slice))
		return true;
	if (is_hex_id(container->id))
		return pattern_match(asked, container->id) ||
		       pattern_match_part(asked, container->id, SHORT_ID);
	return is_unit(asked, container->id);
}

bool query_match_container(const struct query *query, const char *cgroup_path)
{
	struct container container;

	if (!query->containers.count)
		return true;
	if (!cgroup_path || !container_parse(cgroup_path, &container))
		return false;
	for (size_t i = 0; i < query->containers.count; i++) {
		if (is_container(query->containers.items[i], &container))
			return true;
	}
	return false;
}

static bool match_container(const struct query *query, const struct table *table,
                            const struct row *row)
{
	return !query->containers.count ||
	       query_match_container(query, row_cgroup_path(table, row));
}

/* The cheap filters come first. */
static bool match_place(const struct query *query, const struct table *table, const struct row *row)
{
	return match_family(query, table, row) && match_ports(query, table, row) &&
	       match_address(query, table, row) && match_netns(query, table, row);
}

static bool match_socket(const struct query *query, const struct table *table,
                         const struct row *row)
{
	return match_place(query, table, row) && match_task(query, table, row) &&
	       match_cgroup(query, table, row) && match_container(query, table, row);
}

/* Is no process known that has the socket, or may an unseen one have it? */
static bool has_unknown_task(const struct table *table, const struct row *row)
{
	struct owner owner;

	table_owner(table, row, &owner);
	return owner.holding == HOLDING_HIDDEN || (!owner.task && owner.holding != HOLDING_KERNEL);
}

static bool match_age(const struct query *query, uint64_t age, bool exact)
{
	if (query->older && age < query->older)
		return false;
	return !query->newer || (exact && age < query->newer);
}

static uint64_t age_of(const struct row *row, uint64_t now)
{
	return now > row->since ? now - row->since : 0;
}

bool query_is_empty(const struct query *query)
{
	return !query->states && query->v4 == query->v6 && !query->port_count &&
	       !query->lport_count && !query->rport_count && !query->cidr_count &&
	       !query->netns.count && !query_may_be_undecided(query) && !query->older &&
	       !query->newer;
}

bool query_match(const struct query *query, const struct table *table, const struct row *row,
                 uint64_t now)
{
	if (query->states && !(query->states & STATE_BIT(row->state)))
		return false;
	return match_age(query, age_of(row, now), row->flags & ROW_SINCE_EXACT) &&
	       match_socket(query, table, row);
}

bool query_may_be_undecided(const struct query *query)
{
	return query->pid_count || query->comms.count || query->cgroups.count ||
	       query->containers.count;
}

bool query_undecided(const struct query *query, const struct table *table, const struct row *row,
                     uint64_t now)
{
	bool no_task, no_cgroup;

	if (!query_may_be_undecided(query) || query_match(query, table, row, now))
		return false;
	if (query->states && !(query->states & STATE_BIT(row->state)))
		return false;
	if (!match_age(query, age_of(row, now), row->flags & ROW_SINCE_EXACT) ||
	    !match_place(query, table, row))
		return false;
	no_task = has_unknown_task(table, row);
	no_cgroup = !row_cgroup_path(table, row);
	return (no_task || match_task(query, table, row)) &&
	       (no_cgroup ||
	        (match_cgroup(query, table, row) && match_container(query, table, row)));
}

bool query_match_change(const struct query *query, const struct table *table,
                        const struct change *change)
{
	if (!change->row)
		return true;
	/* A retransmission or an RST changes no state: the current state must match. */
	if (change->kind != CHANGE_STATE && change->kind != CHANGE_CONNECT_FAILED)
		return query_match(query, table, change->row, change->time);
	if (query->states && !(query->states & (STATE_BIT(change->old) | STATE_BIT(change->new))))
		return false;
	return match_age(query, change->dwell_known ? change->dwell : 0,
	                 change->dwell_known && change->dwell_exact) &&
	       match_socket(query, table, change->row);
}
