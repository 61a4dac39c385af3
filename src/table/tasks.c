/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that own and hold sockets, shared by rows and counted. A process that was described
 * (its arguments) stays until it ends, with or without sockets: it is described only once.
 */
#include "table/tasks_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/pending_private.h"

/* --- processes ------------------------------------------------------------------------------ */

static uint32_t *task_back(void *element)
{
	return &((struct task *)element)->back;
}

static uint32_t *task_link(void *element)
{
	return &((struct task *)element)->next;
}

static uint64_t hash_pid(const struct hash_key *secret, uint64_t pid)
{
	return hash_keyed(secret, &pid, sizeof(pid));
}

static uint64_t task_hash(const struct hash_key *secret, const void *element)
{
	return hash_pid(secret, ((const struct task *)element)->pid);
}

struct chains tasks_by_pid(struct table *t)
{
	return (struct chains){&t->task_index, &t->tasks,  task_link,
	                       task_hash,      &t->secret, task_back};
}

/* An unknown start matches any process that has not ended: pids are used again. */
static bool task_is(const struct task *task, uint32_t pid, uint64_t start)
{
	if (task->pid != pid)
		return false;
	return start && task->start ? task->start == start : !task->exited;
}

static uint32_t task_index_of(const struct table *t, uint32_t pid, uint64_t start)
{
	uint32_t at = chain_first(&t->task_index, hash_pid(&t->secret, pid));

	while (at != ROW_NONE && !task_is(task_at(t, at), pid, start))
		at = task_at(t, at)->next;
	return at;
}

struct task *task_find(const struct table *t, uint32_t pid, uint64_t start)
{
	return task_at(t, task_index_of(t, pid, start));
}

const struct task *task_next(const struct table *t, uint32_t *index)
{
	while (*index < t->tasks.used) {
		const struct task *task = task_at(t, (*index)++);

		if (task->pid)
			return task;
	}
	return NULL;
}

void task_copy_comm(char to[FACT_COMM_LEN], const char *comm)
{
	memset(to, 0, FACT_COMM_LEN);
	memcpy(to, comm, strnlen(comm, FACT_COMM_LEN - 1));
}

static uint32_t task_new(struct table *t, uint32_t pid)
{
	const struct chains chains = tasks_by_pid(t);
	uint32_t index = pool_take(&t->tasks);

	if (index == POOL_NONE)
		return ROW_NONE;
	task_at(t, index)->pid = pid;
	if (!chain_add(&chains, index))
		return index;
	pool_put(&t->tasks, index);
	return ROW_NONE;
}

/* The process, added if it is new; takes no reference. ROW_NONE: no memory, or pid 0. */
static uint32_t task_get(struct table *t, uint32_t pid, uint64_t start, const char *comm)
{
	uint32_t index = pid ? task_index_of(t, pid, start) : ROW_NONE;

	if (index == ROW_NONE && pid) {
		index = task_new(t, pid);
		pending_task(t, pid, start);
	}
	if (index == ROW_NONE)
		return ROW_NONE;
	if (start)
		task_at(t, index)->start = start;
	if (comm[0])
		task_copy_comm(task_at(t, index)->comm, comm);
	return index;
}

uint32_t task_ref(struct table *t, uint32_t pid, uint64_t start, const char *comm)
{
	uint32_t index = task_get(t, pid, start, comm);

	if (index != ROW_NONE)
		task_at(t, index)->refs++;
	return index;
}

uint32_t task_ref_index(struct table *t, uint32_t index)
{
	struct task *task = index < t->tasks.used ? task_at(t, index) : NULL;

	if (!task || !task->pid)
		return ROW_NONE;
	task->refs++;
	return index;
}

static void task_free(struct table *t, struct task *task)
{
	t->args_bytes -= task->args_size;
	free(task->args);
	free(task->doing);
}

static void task_drop_unused(struct table *t, uint32_t index)
{
	const struct chains chains = tasks_by_pid(t);
	struct task *task = task_at(t, index);

	if (task->refs || (task->described && !task->exited))
		return;
	chain_remove(&chains, index);
	names_drop(t->names, name_key_task(task->pid, task->start));
	task_free(t, task);
	pool_put(&t->tasks, index);
}

void task_unref(struct table *t, uint32_t index)
{
	if (index == ROW_NONE)
		return;
	task_at(t, index)->refs--;
	task_drop_unused(t, index);
}

/* --- facts of a process --------------------------------------------------------------------- */

/* Keeps the old arguments if there are no new ones, or no room. false: no memory. */
static bool args_set(struct table *t, struct task *task, const char *bytes, uint32_t size)
{
	uint64_t bytes_of_all = t->args_bytes - task->args_size + size;
	char *args;

	if (!size || bytes_of_all > TASK_ARGS_MAX)
		return true;
	args = malloc(size);
	if (!args)
		return false;
	memcpy(args, bytes, size);
	t->args_bytes = bytes_of_all;
	free(task->args);
	task->args = args;
	task->args_size = size;
	return true;
}

void fold_process(struct table *t, const struct fact_process *fact)
{
	uint32_t index = task_get(t, fact->pid, fact->start, fact->comm);
	struct task *task = task_at(t, index);

	if (!task)
		return;
	task->described = true;
	task->uid = fact->uid;
	args_set(t, task, fact->args, fact->size);
}

void fold_exit(struct table *t, const struct fact_exit *fact)
{
	uint32_t index = task_index_of(t, fact->pid, fact->start);
	struct task *task = task_at(t, index);

	if (!task || task->exited)
		return;
	task->exited = fact->h.time;
	task_drop_unused(t, index);
}

int doing_add(struct table *t, uint32_t index, const struct fact_doing *fact)
{
	struct task *task = task_at(t, index);
	struct task_doing *doing;

	if (!fact->index)
		task->doing_count = 0;
	task->fds = fact->fds;
	task->fd_limit = fact->fd_limit;
	if (fact->index != task->doing_count || fact->index >= TASK_DOING_MAX)
		return 0; /* the beginning of the set was lost, or it is too long */
	doing = reallocarray(task->doing, task->doing_count + 1, sizeof(*doing));
	if (!doing)
		return -ENOMEM;
	task->doing = doing;
	doing += task->doing_count++;
	*doing = (struct task_doing){.threads = fact->threads, .fd = fact->fd};
	memcpy(doing->syscall, fact->syscall, strnlen(fact->syscall, sizeof(doing->syscall) - 1));
	return 0;
}

void fold_doing(struct table *t, const struct fact_doing *fact)
{
	uint32_t index = task_index_of(t, fact->pid, fact->start);

	if (index != ROW_NONE)
		doing_add(t, index, fact);
}

/* --- checkpoints ---------------------------------------------------------------------------- */

int task_load(struct table *t, const struct fact_table_task *fact)
{
	const struct chains chains = tasks_by_pid(t);
	struct task *task;

	if (!fact->pid || fact->exited > fact->h.time || fact->index < t->tasks.used ||
	    fact->index >= TASKS_MAX)
		return -EINVAL;
	if (pool_claim(&t->tasks, fact->index))
		return -ENOMEM;
	task = task_at(t, fact->index);
	task->pid = fact->pid;
	task->start = fact->start;
	task->exited = fact->exited;
	task->uid = fact->uid;
	task->described = fact->described;
	task->fds = fact->fds;
	task->fd_limit = fact->fd_limit;
	task_copy_comm(task->comm, fact->comm);
	if (chain_add(&chains, fact->index))
		return -ENOMEM;
	return args_set(t, task, fact->args, fact->size) ? 0 : -ENOMEM;
}

void tasks_drop_unused(struct table *t)
{
	for (uint32_t i = 0; i < t->tasks.used; i++)
		if (task_at(t, i)->pid)
			task_drop_unused(t, i);
}

void tasks_free(struct table *t)
{
	for (uint32_t i = 0; i < t->tasks.used; i++)
		task_free(t, task_at(t, i));
	pool_free(&t->tasks);
	free(t->task_index.buckets);
}
