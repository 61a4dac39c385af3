/* SPDX-License-Identifier: BSD-2-Clause */
/* Evidence about processes: which one has the sockets, who made them, what its threads do. */
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "rules/rule.h"

static bool has_open(const struct table *table, const struct row *row, const struct task *task)
{
	const struct holder *holder = table_holder(table, row->holders);

	while (holder && table_task(table, holder->task) != task)
		holder = table_holder(table, holder->next);
	return holder;
}

void rule_note_acceptor(const struct why *why, struct finding *finding)
{
	const struct row *row = finding->group.example;
	const struct row *listener = table_find_listener(why->table, row);
	struct owner owner;

	if (!finding->group.key.passive || row->owner_source == OWNER_ACCEPT)
		return;
	finding_evidence(finding, "the accept() of the oldest was not seen");
	if (!listener)
		return;
	table_owner(why->table, listener, &owner);
	if (owner.task && owner.holding == HOLDING_OPEN && !has_open(why->table, row, owner.task))
		finding_evidence(finding,
		                 "%u/%.*s listens on port %u, but does not have this socket open: "
		                 "it was inherited or passed on",
		                 owner.task->pid, FACT_COMM_LEN, owner.task->comm, listener->lport);
}

const struct origin *rule_maker(const struct table *table, const struct row *row)
{
	const struct origin *origin = table_origin(table, row->owner);
	const struct holder *holder = table_holder(table, row->holders);
	struct owner owner;

	if (!origin || row->owner_source > OWNER_LISTEN || row->owner_source == OWNER_NONE)
		return NULL;
	table_owner(table, row, &owner);
	if (owner.holding != HOLDING_OPEN || owner.fd < 0)
		return NULL;
	for (; holder; holder = table_holder(table, holder->next))
		if (holder->task == origin->task && !table_task(table, holder->task)->exited)
			return NULL;
	return origin;
}

/* Counts the sockets that one process made and only others have open. Returns one; NULL: none. */
static const struct row *find_made(const struct why *why, const struct group *group,
                                   uint32_t *count)
{
	const struct row *first = NULL;
	uint32_t task = 0;

	*count = 0;
	for (uint32_t i = 0; i < group->count; i++) {
		const struct row *row = groups_member(why->groups, group, i);
		const struct origin *origin = rule_maker(why->table, row);

		if (!origin || (first && origin->task != task))
			continue;
		if (!first) {
			first = row;
			task = origin->task;
		}
		++*count;
	}
	return first;
}

void rule_note_maker(const struct why *why, struct finding *finding)
{
	uint32_t count;
	const struct row *row = find_made(why, &finding->group, &count);
	const struct origin *origin = row ? rule_maker(why->table, row) : NULL;
	const struct task *maker;

	if (!origin)
		return;
	maker = table_task(why->table, origin->task);
	finding_evidence(finding, "%u/%.*s made %u of %u by %s and has %s", maker->pid,
	                 FACT_COMM_LEN, origin->comm, count, finding->group.count,
	                 owner_source_name(row->owner_source),
	                 maker->exited ? "exited" : "closed its own fd");
}

const struct task *rule_task(const struct why *why, const struct finding *finding)
{
	const struct group_key *key = &finding->group.key;

	return key->pid ? table_find_task(why->table, key->pid, key->start) : NULL;
}

uint32_t rule_listeners(const struct why *why, const struct finding *finding)
{
	struct owner owner = {0};

	if (finding->group.example)
		table_owner(why->table, finding->group.example, &owner);
	return owner.listeners;
}

/* Any process that has a listener open may accept from it. */
static uint32_t processes_of(const struct why *why, const struct finding *finding)
{
	const struct group *group = &finding->group;

	if (group->processes > 1 || group->key.state != STATE_LISTEN || group->count != 1)
		return group->processes;
	return rule_sharers(why->table, group->example, NULL, 0);
}

const char *rule_task_name(const struct why *why, const struct finding *finding,
                           char buf[RULE_NAME_SIZE])
{
	const struct task *task = rule_task(why, finding);
	uint32_t all = processes_of(why, finding);
	char more[20] = "";

	if (all > 1)
		snprintf(more, sizeof(more), " (and %u more)", (uint16_t)(all - 1));
	if (task)
		snprintf(buf, RULE_NAME_SIZE, "%u/%.*s%s", task->pid, FACT_COMM_LEN, task->comm,
		         more);
	else if (finding->storm && finding->storm->pid)
		snprintf(buf, RULE_NAME_SIZE, "%u/%.*s%s", finding->storm->pid, FACT_COMM_LEN,
		         finding->storm->key.comm, more);
	else if (finding->storm && finding->storm->key.comm[0])
		snprintf(buf, RULE_NAME_SIZE, "%.*s", FACT_COMM_LEN, finding->storm->key.comm);
	else if (finding->group.comm[0])
		snprintf(buf, RULE_NAME_SIZE, "%.*s (exited)", FACT_COMM_LEN, finding->group.comm);
	else if (rule_listeners(why, finding))
		snprintf(buf, RULE_NAME_SIZE, "one of %u%s listeners on port %u",
		         rule_listeners(why, finding),
		         rule_listeners(why, finding) > LISTENERS_COUNTED ? " or more" : "",
		         finding->group.key.port);
	else
		snprintf(buf, RULE_NAME_SIZE, "an unknown process");
	return buf;
}

/* If most threads are stopped, their earlier system calls do not matter. */
static bool note_held(struct finding *finding, const struct task *task)
{
	static const struct {
		const char *how, *text, *next, *after;
	} holds[] = {
		{DOING_STOPPED, "is stopped (SIGSTOP or SIGTSTP)", "kill -CONT ", ""},
		{DOING_TRACED, "is stopped by a debugger or tracer (ptrace)",
	         "find the tracer: grep TracerPid /proc/", "/status"},
		{DOING_FROZEN, "is frozen by its cgroup",
	         "find its cgroup, and see cgroup.freeze or freezer.state there: cat /proc/",
	         "/cgroup"},
	};

	for (size_t i = 0; task->doing_count && i < sizeof(holds) / sizeof(holds[0]); i++) {
		if (strcmp(task->doing[0].syscall, holds[i].how))
			continue;
		finding_verdict(finding, "%u/%.*s %s: it does nothing until it continues.",
		                task->pid, FACT_COMM_LEN, task->comm, holds[i].text);
		finding_evidence(finding, "%u of its threads: %s", task->doing[0].threads,
		                 holds[i].how);
		finding_next(finding, "%s%u%s", holds[i].next, task->pid, holds[i].after);
		return true;
	}
	return false;
}

void rule_note_doing(const struct why *why, struct finding *finding)
{
	const struct task *task = rule_task(why, finding);

	if (!task)
		return;
	if (note_held(finding, task))
		return;
	for (uint32_t i = 0; i < task->doing_count && i < 4; i++) {
		const struct task_doing *doing = &task->doing[i];
		const char *what = doing->syscall[0] ? doing->syscall : "an unknown call";

		if (doing->fd >= 0)
			finding_evidence(finding, "%u of its threads: in %s on fd %d",
			                 doing->threads, what, doing->fd);
		else
			finding_evidence(finding, "%u of its threads: in %s", doing->threads, what);
	}
	if (task->fds && task->fd_limit)
		finding_evidence(finding, "it has %u of %u file descriptors open", task->fds,
		                 task->fd_limit);
}
