/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that own and hold sockets, and the threads of theirs that made some:
 * shared between rows and counted. A process that was told of (its arguments)
 * stays until it ends, with or without sockets: it is told of once only.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/table_private.h"

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

static struct task *task_at(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->tasks, index);
}

/* A start that is not known fits any, but of a process that has ended: pids are used again. */
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

const struct task *table_find_task(const struct table *t, uint32_t pid, uint64_t start)
{
	return task_at(t, task_index_of(t, pid, start));
}

const struct task *table_next_task(const struct table *t, uint32_t *index)
{
	while (*index < t->tasks.used) {
		const struct task *task = task_at(t, (*index)++);

		if (task->pid)
			return task;
	}
	return NULL;
}

static void copy_comm(char to[FACT_COMM_LEN], const char *comm)
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

/* The process, made if need be; no reference is taken. ROW_NONE: no memory, or pid 0. */
static uint32_t task_meet(struct table *t, uint32_t pid, uint64_t start, const char *comm)
{
	uint32_t index = pid ? task_index_of(t, pid, start) : ROW_NONE;

	if (index == ROW_NONE && pid) {
		index = task_new(t, pid);
		ask_task(t, pid, start);
	}
	if (index == ROW_NONE)
		return ROW_NONE;
	if (start)
		task_at(t, index)->start = start;
	if (comm[0])
		copy_comm(task_at(t, index)->comm, comm);
	return index;
}

uint32_t task_ref(struct table *t, uint32_t pid, uint64_t start, const char *comm)
{
	uint32_t index = task_meet(t, pid, start, comm);

	if (index != ROW_NONE)
		task_at(t, index)->refs++;
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

	if (task->refs || (task->told && !task->exited))
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

const struct task *table_task(const struct table *t, uint32_t index)
{
	return task_at(t, index);
}

/* --- what is told of a process -------------------------------------------------------------- */

/* Keeps what it had if there is none, or no room. false: no memory. */
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
	uint32_t index = task_meet(t, fact->pid, fact->start, fact->comm);
	struct task *task = task_at(t, index);

	if (!task)
		return;
	task->told = true;
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
		return 0; /* of a set whose beginning was lost, or more than is ever told */
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

/* --- of a checkpoint ------------------------------------------------------------------------ */

int task_restore(struct table *t, const struct fact_table_task *fact)
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
	task->told = fact->process_seen;
	task->fds = fact->fds;
	task->fd_limit = fact->fd_limit;
	copy_comm(task->comm, fact->comm);
	if (chain_add(&chains, fact->index))
		return -ENOMEM;
	return args_set(t, task, fact->args, fact->size) ? 0 : -ENOMEM;
}

/* --- threads -------------------------------------------------------------------------------- */

static uint32_t *origin_link(void *element)
{
	return &((struct origin *)element)->next;
}

static uint64_t origin_hash(const struct hash_key *secret, const void *element)
{
	const struct origin *origin = element;
	struct {
		uint64_t stack;
		uint32_t task, tid;
		char comm[FACT_COMM_LEN], thread[FACT_COMM_LEN];
	} key = {.stack = origin->stack, .task = origin->task, .tid = origin->tid};

	memcpy(key.comm, origin->comm, sizeof(key.comm));
	memcpy(key.thread, origin->thread, sizeof(key.thread));
	return hash_keyed(secret, &key, sizeof(key));
}

struct chains origins_by_all(struct table *t)
{
	return (struct chains){&t->origin_index, &t->origins, origin_link,
	                       origin_hash,      &t->secret,  NULL};
}

static struct origin *origin_at(const struct table *t, uint32_t index)
{
	return index == ROW_NONE ? NULL : pool_at(&t->origins, index);
}

static bool origin_same(const struct origin *a, const struct origin *b)
{
	return a->stack == b->stack && a->task == b->task && a->tid == b->tid &&
	       !memcmp(a->comm, b->comm, sizeof(a->comm)) &&
	       !memcmp(a->thread, b->thread, sizeof(a->thread));
}

static uint32_t origin_new(struct table *t, const struct origin *want)
{
	const struct chains chains = origins_by_all(t);
	uint32_t index = pool_take(&t->origins);

	if (index == POOL_NONE)
		return ROW_NONE;
	*origin_at(t, index) = *want;
	if (!chain_add(&chains, index)) {
		stack_ref(t, want->stack);
		return index;
	}
	pool_put(&t->origins, index);
	return ROW_NONE;
}

uint32_t origin_ref(struct table *t, const struct fact_task *fact, uint64_t stack)
{
	struct origin want = {.stack = stack, .tid = fact->tid};
	uint32_t index;

	want.task = task_ref(t, fact->pid, fact->start, fact->comm);
	if (want.task == ROW_NONE)
		return ROW_NONE;
	copy_comm(want.comm, fact->comm);
	copy_comm(want.thread, fact->thread);
	index = chain_first(&t->origin_index, origin_hash(&t->secret, &want));
	while (index != ROW_NONE && !origin_same(origin_at(t, index), &want))
		index = origin_at(t, index)->next;
	if (index == ROW_NONE)
		index = origin_new(t, &want);
	else
		task_unref(t, want.task); /* the origin has its own */
	if (index == ROW_NONE)
		task_unref(t, want.task);
	else
		origin_at(t, index)->refs++;
	return index;
}

void origin_unref(struct table *t, uint32_t index)
{
	const struct chains chains = origins_by_all(t);
	struct origin *origin = origin_at(t, index);
	uint64_t stack;
	uint32_t task;

	if (!origin || --origin->refs)
		return;
	task = origin->task;
	stack = origin->stack;
	chain_remove(&chains, index);
	pool_put(&t->origins, index);
	task_unref(t, task);
	stack_unref(t, stack);
}

int origin_restore(struct table *t, const struct fact_table_origin *fact)
{
	const struct chains chains = origins_by_all(t);
	struct origin *origin;

	/* Each is of a row, and for an instant a row has two. */
	if (fact->index < t->origins.used || fact->index > t->rows.max ||
	    task_ref_index(t, fact->task) == ROW_NONE)
		return -EINVAL;
	if (pool_claim(&t->origins, fact->index))
		return -ENOMEM;
	origin = origin_at(t, fact->index);
	origin->stack = fact->stack;
	origin->task = fact->task;
	origin->tid = fact->tid;
	origin->refs = 1; /* the checkpoint's, until its end */
	copy_comm(origin->comm, fact->comm);
	copy_comm(origin->thread, fact->thread);
	if (chain_add(&chains, fact->index))
		return -ENOMEM;
	stack_ref(t, origin->stack);
	return 0;
}

void tasks_let_go(struct table *t)
{
	for (uint32_t i = 0; i < t->tasks.used; i++)
		if (task_at(t, i)->pid)
			task_drop_unused(t, i);
}

void origins_let_go(struct table *t)
{
	for (uint32_t i = 0; i < t->origins.used; i++)
		if (origin_at(t, i)->refs)
			origin_unref(t, i);
}

uint32_t origin_ref_index(struct table *t, uint32_t index)
{
	struct origin *origin = index < t->origins.used ? origin_at(t, index) : NULL;

	if (!origin || !origin->refs)
		return ROW_NONE;
	origin->refs++;
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

const struct origin *table_origin(const struct table *t, uint32_t index)
{
	return origin_at(t, index);
}

void tasks_free(struct table *t)
{
	for (uint32_t i = 0; i < t->tasks.used; i++)
		task_free(t, task_at(t, i));
	pool_free(&t->tasks);
	pool_free(&t->origins);
	free(t->task_index.buckets);
	free(t->origin_index.buckets);
}
