/* SPDX-License-Identifier: BSD-2-Clause */
/* Evidence about listeners: their processes, accept queues and accepted connections. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "rules/answers.h"
#include "rules/rule.h"

#define NAMED_MOST 4

/* Is this the last fd of the process for this socket? */
static bool is_last_of_task(const struct table *table, const struct holder *holder)
{
	const struct holder *next = table_holder(table, holder->next);

	while (next && next->task != holder->task)
		next = table_holder(table, next->next);
	return !next;
}

uint32_t rule_sharers(const struct table *table, const struct row *listener,
                      const struct task *tasks[], uint32_t most)
{
	const struct holder *holder = listener ? table_holder(table, listener->holders) : NULL;
	uint32_t count = 0;

	for (; holder; holder = table_holder(table, holder->next)) {
		const struct task *task = table_task(table, holder->task);

		if (task->exited || !is_last_of_task(table, holder))
			continue;
		if (count < most)
			tasks[count] = task;
		count++;
	}
	return count;
}

const struct task *rule_limited(const struct table *table, const struct row *listener)
{
	const struct holder *holder = listener ? table_holder(table, listener->holders) : NULL;

	for (; holder; holder = table_holder(table, holder->next)) {
		const struct task *task = table_task(table, holder->task);

		if (!task->exited && rule_near_fd_limit(task))
			return task;
	}
	return NULL;
}

/* Is the thread in a call that waits for events, so that it is idle? */
static bool waits_for_events(const struct task_doing *doing)
{
	static const char *const calls[] = {"epoll_wait", "epoll_pwait",   "epoll_pwait2", "poll",
	                                    "ppoll",      "select",        "pselect6",     "accept",
	                                    "accept4",    "io_uring_enter"};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (!strcmp(doing->syscall, calls[i]))
			return true;
	return false;
}

static bool is_idle(const struct task *task)
{
	bool waits = false;

	for (uint32_t i = 0; i < task->doing_count; i++) {
		if (!strcmp(task->doing[i].syscall, "running"))
			return false;
		waits |= waits_for_events(&task->doing[i]);
	}
	return waits;
}

/* Has the process reached a limit of its own? It is idle but does not accept. */
static void note_own_limit(const struct why *why, struct finding *finding, uint32_t accepted)
{
	const struct task *tasks[NAMED_MOST];
	uint32_t count = rule_sharers(why->table, finding->group.example, tasks, NAMED_MOST);
	bool idle = count > 0;

	for (uint32_t i = 0; i < count && i < NAMED_MOST; i++)
		idle &= is_idle(tasks[i]);
	if (!idle || !accepted)
		return;
	finding_verdict(
		finding,
		"It is not busy: it waits for events and has %u connections of this port open. It "
		"may have reached a limit of its own, like maxconn or worker_connections.",
		accepted);
	finding_next(finding,
	             "check the connection limit in its configuration, and which peers keep %u "
	             "open: tcptrail snapshot -anp --lport %u",
	             accepted, finding->group.key.port);
}

void rule_note_accepted(const struct why *why, struct finding *finding)
{
	struct group_key key = finding->group.key;
	struct answers answers;
	char longest[FORMAT_SIZE];

	key.state = STATE_ESTABLISHED;
	key.pid = 0;
	key.start = 0;
	if (!survey_answers(why->survey, &key, &answers) || !answers.accepted)
		return;
	format_duration(longest, answers.longest);
	finding_evidence(finding, "%u accepted connections are ESTABLISHED here", answers.accepted);
	if (answers.waiting)
		finding_evidence(
			finding,
			"%u of these, in %u process%s, wait for an answer, the longest for %s: %s",
			answers.waiting, answers.processes, answers.processes == 1 ? "" : "es",
			longest, "these processes may be busy");
	else
		note_own_limit(why, finding, answers.accepted);
}

void rule_note_sharers(const struct why *why, struct finding *finding)
{
	const struct task *tasks[NAMED_MOST + 1];
	uint32_t count = rule_sharers(why->table, finding->group.example, tasks, NAMED_MOST + 1);

	for (uint32_t i = 0; count > 1 && i < count && i < NAMED_MOST; i++) {
		const struct task_doing *doing = tasks[i]->doing;

		if (tasks[i]->doing_count)
			finding_evidence(
				finding, "%u/%.*s has the listener open: %u of its threads: in %s",
				tasks[i]->pid, FACT_COMM_LEN, tasks[i]->comm, doing->threads,
				doing->syscall[0] ? doing->syscall : "an unknown call");
	}
}

/*
 * A queue is full if more connections than the backlog wait: sk_acceptq_is_full(),
 * include/net/sock.h.
 */
void rule_note_queue(struct finding *finding)
{
	const struct group *group = &finding->group;
	const struct row *fullest = group->example;

	if (group->count == 1)
		finding_evidence(finding, "%u waiting for accept(); backlog %u", fullest->rqueue,
		                 fullest->wqueue);
	else
		finding_evidence(finding,
		                 "%" PRIu64
		                 " waiting for accept() at %u listeners; backlog %" PRIu64
		                 " in total",
		                 group->tally[0], group->count, group->tally[1]);
}

#define WAITING_MANY 5

/* All zero: no connection is known to wait. */
static struct survey_queue queue_of(const struct why *why, const struct group *group)
{
	struct survey_queue sum = {0}, queue;

	for (size_t i = 0; i < group->count; i++) {
		if (!survey_queue(why->survey, groups_member(why->groups, group, i), &queue))
			continue;
		sum.count += queue.count;
		sum.old += queue.old;
		if (queue.oldest > sum.oldest)
			sum.oldest = queue.oldest;
	}
	return sum;
}

bool rule_waits_long(const struct why *why, struct finding *finding)
{
	struct survey_queue queue = queue_of(why, &finding->group);
	char oldest[FORMAT_SIZE], age[FORMAT_SIZE];

	if (!queue.count)
		return false;
	format_duration(oldest, queue.oldest);
	format_duration(age, QUEUE_LONG);
	finding_evidence(finding,
	                 "the oldest has waited for at least %s; %" PRIu64 " for %s or more",
	                 oldest, queue.old, age);
	return queue.old >= WAITING_MANY || queue.oldest >= 30 * NS_PER_SEC;
}

void rule_note_overflow_count(struct finding *finding, uint64_t overflows)
{
	if (overflows)
		finding_evidence(finding,
		                 "ListenOverflows of its namespace grew by %" PRIu64
		                 " meanwhile: a full accept queue had no room for a connection",
		                 overflows);
}

void rule_note_overflows(const struct why *why, struct finding *finding)
{
	uint64_t overflows = rule_grown(why, &finding->group, COUNTER_LISTEN_OVERFLOWS);
	uint64_t drops = rule_grown(why, &finding->group, COUNTER_LISTEN_DROPS);

	rule_note_overflow_count(finding, overflows);
	if (drops)
		finding_evidence(finding,
		                 "ListenDrops of its namespace grew by %" PRIu64
		                 " meanwhile: the kernel dropped SYNs or ACKs to a listener",
		                 drops);
}

/* listen() uses the smaller of its argument and somaxconn: __sys_listen(), net/socket.c. */
void rule_next_backlog(const struct why *why, struct finding *finding)
{
	uint32_t limit = finding->group.example->wqueue;
	uint64_t most;

	if (!table_setting_number(why->table, finding->group.key.netns, SETTING_SOMAXCONN, &most))
		finding_next(finding,
		             "if only bursts fill the queue, make it longer: listen() with a "
		             "backlog above %u, and net.core.somaxconn not below that",
		             limit);
	else if (limit < most)
		finding_next(finding,
		             "if only bursts fill the queue, make it longer: the program asks "
		             "listen() for %u, net.core.somaxconn allows %" PRIu64,
		             limit, most);
	else
		finding_next(finding,
		             "if only bursts fill the queue, make it longer: sysctl -w "
		             "net.core.somaxconn=%u (now %" PRIu64
		             "), then restart the program; check that it asks listen() for as much",
		             limit * 2, most);
}

void rule_note_abort(const struct why *why, struct finding *finding)
{
	uint64_t abort;

	if (!table_setting_number(why->table, finding->group.key.netns, SETTING_ABORT_ON_OVERFLOW,
	                          &abort))
		return;
	finding_evidence(finding, "net.ipv4.tcp_abort_on_overflow is %" PRIu64 ": clients %s",
	                 abort, abort ? "get an RST" : "get no answer and retransmit");
}
