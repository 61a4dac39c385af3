/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of listeners: who has them open, and what became of what was accepted. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "rules/answers.h"
#include "rules/rule.h"

#define NAMED_MOST 4

/* Of a process that has several fds of it, the last one. */
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

/* In a call that ends when something happens: nothing else keeps the thread. */
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

/* Has the process taken as many as it wants? Nobody is busy, and none of them came or went. */
static void note_own_limit(const struct why *why, struct finding *finding, uint32_t accepted)
{
	const struct task *tasks[NAMED_MOST];
	uint32_t count = rule_sharers(why->table, finding->group.example, tasks, NAMED_MOST);
	bool idle = count > 0;

	for (uint32_t i = 0; i < count && i < NAMED_MOST; i++)
		idle &= is_idle(tasks[i]);
	if (!idle || !accepted)
		return;
	finding_verdict(finding,
	                "It is not busy: it waits for events, with %u connections from "
	                "here open. That may be a limit of its own, as maxconn or "
	                "worker_connections are.",
	                accepted);
	finding_next(finding,
	             "look at its limit of connections in its configuration, and at who "
	             "keeps %u open: tcptrail snapshot -anp --lport %u",
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
	finding_evidence(finding, "%u connections were accepted here and are ESTABLISHED",
	                 answers.accepted);
	if (answers.waiting)
		finding_evidence(
			finding,
			"%u of them, of %u process%s, wait for an answer, the longest for %s: "
			"%s",
			answers.waiting, answers.processes, answers.processes == 1 ? "" : "es",
			longest, "who works on these may be busy");
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
				finding, "%u/%.*s has it open: %u of its threads in %s",
				tasks[i]->pid, FACT_COMM_LEN, tasks[i]->comm, doing->threads,
				doing->syscall[0] ? doing->syscall : "what cannot be told");
	}
}
