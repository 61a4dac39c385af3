/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes that have sockets: their names, their end, and what their threads do. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "enrich/doing.h"
#include "enrich/process.h"
#include "fact/name.h"
#include "fact/kind.h"
#include "feed/feed_private.h"

/* --- processes -------------------------------------------------------------------------------- */

static void emit_exit(struct feed *feed, uint32_t pid, uint64_t start)
{
	struct fact_exit exit = {
		.h = {.type = FACT_EXIT, .len = sizeof(exit), .time = clock_boot()},
		.start = start,
		.pid = pid,
	};

	feed_fact(&exit.h, feed);
}

static void emit_process(struct feed *feed, uint32_t pid, uint64_t start,
                         const struct process_info *info)
{
	union {
		struct fact_process fact;
		char bytes[sizeof(struct fact_process) + FACT_ARGS_MAX];
	} u = {.fact = {.h = {.type = FACT_PROCESS, .time = clock_boot()},
	                .start = start,
	                .pid = pid,
	                .uid = info->uid}};

	_Static_assert(PROCESS_ARGS_MAX <= FACT_ARGS_MAX, "arguments fit");
	u.fact.h.len = fact_length(FACT_PROCESS, (uint32_t)info->args_size);
	u.fact.size = (uint32_t)info->args_size;
	memcpy(u.fact.comm, info->comm, sizeof(u.fact.comm));
	memcpy(u.fact.args, info->args, info->args_size);
	feed_fact(&u.fact.h, feed);
}

/* Reports what no event reports: processes that started before tcptrail, and their cgroup. */
void feed_lookup_task(struct feed *feed, uint32_t pid, uint64_t start)
{
	const struct name_key key = name_key_task(pid, start);
	union fact_name_buffer name;
	struct process_info info;
	int err;

	if (!feed->finds_pids || names_find(table_names(feed->table), key))
		return;
	err = process_read(pid, start, &info);
	if (err == -ESRCH)
		emit_exit(feed, pid, start);
	if (err)
		return;
	if (info.uid != PROCESS_UID_UNKNOWN)
		emit_process(feed, pid, start, &info);
	fact_name_make(&name, clock_boot(), key.kind, key.key, info.cgroup);
	feed_fact(&name.fact.h, feed);
}

void feed_lookup_tasks(struct feed *feed)
{
	struct lookup lookup;

	while (table_next_lookup(feed->table, LOOKUP_BIT(LOOKUP_TASK), &lookup))
		feed_lookup_task(feed, lookup.pid, lookup.start);
}

/* Their FACT_EXIT may be lost, or this kernel reports none. */
void feed_retire_tasks(struct feed *feed)
{
	const struct task *task;
	uint32_t index = 0;

	while ((task = table_next_task(feed->table, &index)))
		if (!task->exited && !process_alive(task->pid, task->start))
			emit_exit(feed, task->pid, task->start);
}

/* --- what threads do -------------------------------------------------------------------------- */

static uint32_t clamp(uint64_t number)
{
	return number < UINT32_MAX ? (uint32_t)number : 0;
}

/* Was it examined since the last walk? Each of its groups of sockets asks. */
static bool was_examined(struct feed *feed, const struct task *task)
{
	const struct task_id id = {.start = task->start, .pid = task->pid};
	size_t count = feed->examined.count;

	return map_get(&feed->examined, &id) && feed->examined.count == count;
}

static void examine_task(struct feed *feed, const struct task *task)
{
	struct fact_doing fact = {
		.h = {.type = FACT_DOING, .len = sizeof(fact), .time = clock_boot()},
		.start = task->start,
		.pid = task->pid,
	};
	struct doing doing;

	if (!feed->finds_pids || was_examined(feed, task) ||
	    doing_read(task->pid, task->start, &doing))
		return;
	fact.fds = doing.fds_known ? doing.fds : 0;
	fact.fd_limit = doing.limit_known ? clamp(doing.fd_limit) : 0;
	for (size_t i = 0; i < doing.count; i++) {
		fact.index = (uint32_t)i;
		fact.threads = doing.groups[i].threads;
		fact.fd = doing.groups[i].fd;
		memcpy(fact.syscall, doing.groups[i].syscall, sizeof(fact.syscall));
		feed_fact(&fact.h, feed);
	}
	doing_free(&doing);
}

void feed_examine(struct feed *feed, const struct row *row)
{
	const struct holder *holder = table_holder(feed->table, row->holders);
	struct owner owner;

	table_owner(feed->table, row, &owner);
	if (owner.task)
		examine_task(feed, owner.task);
	for (; holder; holder = table_holder(feed->table, holder->next)) {
		const struct task *task = table_task(feed->table, holder->task);

		if (task != owner.task)
			examine_task(feed, task);
	}
}
