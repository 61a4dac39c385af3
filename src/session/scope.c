/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/scope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/parse.h"
#include "enrich/netns.h"
#include "enrich/process.h"
#include "session/notice.h"
#include "session/privilege.h"

#define PILE 10 /* sockets; with fewer a verdict misses no pile */

#define PRIVILEGES    "run as root, or with CAP_SYS_ADMIN, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"
#define PID_NAMESPACE "run it in the host's pid namespace"

/* What cannot be seen: processes of other users, or those outside the pid namespace. */
enum blindness { SEES_ALL, LACKS_PRIVILEGE, IN_PID_NAMESPACE };

bool scope_is_one_netns(const struct feed *feed)
{
	struct diag shortfall = {""};

	if (!feed_live(feed))
		return true;
	privilege_shortfall(&shortfall);
	return shortfall.text[0];
}

static enum blindness blindness_of(const struct feed *feed)
{
	if (scope_is_one_netns(feed))
		return LACKS_PRIVILEGE;
	return process_pids_are_global() ? SEES_ALL : IN_PID_NAMESPACE;
}

static int refuse(enum blindness blindness, const char *what, struct diag *diag)
{
	if (blindness == LACKS_PRIVILEGE)
		return diag_fail(diag, -EPERM,
		                 "%s: cannot be evaluated without seeing all processes and network "
		                 "namespaces: " PRIVILEGES,
		                 what);
	return diag_fail(
		diag, -EPERM,
		"%s: cannot be evaluated in a pid namespace, which hides the processes outside "
		"it: " PID_NAMESPACE,
		what);
}

/* --- processes ------------------------------------------------------------------------------- */

/* May we read its fds, and is it in the network namespace that we see? */
static bool can_see_process(uint32_t pid)
{
	char path[32];
	struct stat stat;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/ns/net", pid);
	if (fstatat(AT_FDCWD, path, &stat, 0) || stat.st_ino != netns_own())
		return false;
	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* BPF reports pids of the initial pid namespace. In another one, users type other numbers. */
static bool can_see_pids(const uint32_t *pids, size_t count, const struct feed *feed)
{
	if (feed_live(feed) && !process_pids_are_global())
		return false;
	for (size_t i = 0; i < count; i++)
		if (process_alive(pids[i], 0) && !can_see_process(pids[i]))
			return false;
	return true;
}

/* --- namespaces ------------------------------------------------------------------------------ */

struct search {
	const char *name;
	bool found;
};

static void compare_name(const struct fact *fact, void *arg)
{
	const struct fact_name *name = (const struct fact_name *)fact;
	struct search *search = arg;

	search->found |= name->kind == NAME_NETNS && !strcmp(name->name, search->name);
}

/* Do we see a namespace with this number or name? */
static bool is_seen_netns(struct table *table, const char *asked)
{
	struct search search = {.name = asked};
	const struct fact_sink sink = {compare_name, &search};
	uint64_t number;

	if (!parse_number(asked, 1, UINT32_MAX, &number))
		return names_find(table_names(table), name_key_number(NAME_NETNS, number));
	names_save(table_names(table), 0, &sink);
	return search.found;
}

static bool is_own_netns(struct table *table, const char *asked)
{
	const char *name = names_find(table_names(table), name_key_number(NAME_NETNS, netns_own()));
	uint64_t number;

	if (!parse_number(asked, 1, UINT32_MAX, &number) && number == netns_own())
		return true;
	return name && !strcmp(asked, name);
}

/*
 * In a pid namespace, process 1 may be in any network namespace: "host" there need not be the host's.
 */
static bool can_see_netns(const struct query *query, enum blindness blindness, struct table *table)
{
	for (size_t i = 0; i < query->netns.count; i++) {
		const char *asked = query->netns.items[i];

		if (blindness == LACKS_PRIVILEGE && !is_own_netns(table, asked))
			return false;
		if (blindness == IN_PID_NAMESPACE &&
		    (!strcmp(asked, "host") || !is_seen_netns(table, asked)))
			return false;
	}
	return true;
}

int scope_check_filters(const struct options *options, const struct feed *feed,
                        const struct table *table, struct diag *diag)
{
	const struct query *query = &options->query;
	enum blindness blindness = blindness_of(feed);

	if (blindness == SEES_ALL)
		return 0;
	if (query->pid_count && !can_see_pids(query->pids, query->pid_count, feed))
		return refuse(blindness, "--pid", diag);
	if (options->socket && options->pick.kind == PICK_FD &&
	    !can_see_pids(&options->pick.pid, 1, feed))
		return refuse(blindness, "trail", diag);
	if (query->comms.count)
		return refuse(blindness, "--comm", diag);
	if (query->cgroups.count)
		return refuse(blindness, "--cgroup", diag);
	if (query->containers.count)
		return refuse(blindness, "--container", diag);
	/* The look-up of a name changes nothing that the table reports. */
	if (!can_see_netns(query, blindness, (struct table *)table))
		return refuse(blindness, "--netns", diag);
	return 0;
}

/* --- rows ------------------------------------------------------------------------------------ */

/* Without an open fd the process of a socket is unknown, unless an event reported it. */
static bool is_open(const struct row *row)
{
	return !(row->flags & (ROW_MINI | ROW_REQUEST | ROW_ORPHAN)) && row->state != STATE_CLOSE;
}

int scope_check_rows(const struct options *options, const struct table *table, struct diag *diag)
{
	uint32_t counts[STATE_COUNT] = {0};
	uint64_t now = table_now(table);
	struct row_iter iter;
	const struct row *row;

	if (!query_may_be_undecided(&options->query))
		return 0;
	table_for_each (table, iter, row)
		if ((options->query.states || is_open(row)) &&
		    query_undecided(&options->query, table, row, now))
			counts[row->state]++;
	for (unsigned int state = 1; state < STATE_COUNT; state++)
		if (counts[state] >= PILE)
			return diag_fail(diag, -ENODATA,
			                 "why: cannot judge: the owner of %u %s is not known, and "
			                 "the filters ask for it",
			                 counts[state], state_name(state));
	return 0;
}

/* --- processes that do not exist -------------------------------------------------------------- */

/* A process that has exited may still own sockets: then the table knows it. */
static bool exists(const struct options *options, const struct table *table, uint32_t pid)
{
	return table_find_task(table, pid, 0) || (!options->from && process_alive(pid, 0));
}

int scope_check_pids(const struct options *options, bool verdict, const struct table *table,
                     struct diag *diag)
{
	const struct query *query = &options->query;
	const char *where = options->from ? options->from : "this host";
	const char *in = options->from ? "in" : "on";
	size_t absent = 0;

	for (size_t i = 0; i < query->pid_count; i++)
		absent += !exists(options, table, query->pids[i]);
	if (!absent)
		return 0;
	for (size_t i = 0; i < query->pid_count; i++) {
		uint32_t pid = query->pids[i];

		if (exists(options, table, pid))
			continue;
		if (absent == query->pid_count && verdict)
			return diag_fail(diag, -ESRCH, "--pid: no process %u %s %s", pid, in,
			                 where);
		notice("--pid: no process %u %s %s", pid, in, where);
	}
	return 0;
}
