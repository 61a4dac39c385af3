/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process has nearly as many open fds as its limit allows. At the limit accept(), socket() and
 * open() fail with EMFILE. This rule gets the sockets that no other rule matches or finds fault
 * with.
 */
#include <inttypes.h>

#include "rules/rule.h"

#define SHARE_NEAR 90 /* % */

bool rule_near_fd_limit(const struct task *task)
{
	return task->fd_limit && (uint64_t)task->fds * 100 >= (uint64_t)task->fd_limit * SHARE_NEAR;
}

static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	struct owner owner;

	(void)tally;
	if (!(row->flags & ROW_SOCKET))
		return false;
	table_owner(table, row, &owner);
	return owner.task && owner.holding == HOLDING_OPEN && rule_near_fd_limit(owner.task);
}

/* The states of its sockets, most frequent state first. */
static void note_sockets(const struct why *why, struct finding *finding, const struct task *task)
{
	uint32_t by_state[STATE_COUNT], all = 0;
	unsigned int most = STATE_ESTABLISHED;

	if (!survey_task(why->survey, task, by_state))
		return;
	for (unsigned int i = 0; i < STATE_COUNT; i++)
		all += by_state[i];
	for (unsigned int i = 0; i < STATE_COUNT; i++)
		if (by_state[i] > by_state[most])
			most = i;
	finding_evidence(finding,
	                 "it has %u of %u file descriptors open; %u of them are TCP "
	                 "sockets, most of these in %s (%u)",
	                 task->fds, task->fd_limit, all, state_name(most), by_state[most]);
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct task *task = rule_task(why, finding);
	char name[RULE_NAME_SIZE];

	rule_task_name(why, finding, name);
	rule_note_flow(why, finding);
	if (!task || !rule_is_largest(why, finding, true)) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "These are fine, but %s is near its limit of file descriptors: see "
		                "its largest group.",
		                name);
		return;
	}
	finding->level = task->fds >= task->fd_limit ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	note_sockets(why, finding, task);
	finding_verdict(finding,
	                "%s %s its limit of file descriptors: at the limit accept(), socket() and "
	                "open() fail with EMFILE.",
	                name, finding->level == FINDING_BAD ? "has reached" : "is near");
	finding_next(
		finding,
		"see what kinds of files these are: lsof -p %u | awk '{print $5}' | sort | uniq -c",
		task->pid);
	finding_next(finding,
	             "if it needs that many, raise the limit: LimitNOFILE= of its unit, or now "
	             "prlimit --pid %u --nofile=%" PRIu64 ":",
	             task->pid, (uint64_t)task->fd_limit * 2);
}

const struct rule rule_fd_limit = {
	.id = "fd-limit",
	.states = STATE_BIT(STATE_ESTABLISHED) | STATE_BIT(STATE_SYN_SENT) |
                  STATE_BIT(STATE_FIN_WAIT1) | STATE_BIT(STATE_FIN_WAIT2) |
                  STATE_BIT(STATE_CLOSE_WAIT) | STATE_BIT(STATE_CLOSE) | STATE_BIT(STATE_LISTEN),
	.about = "the process is near its limit of file descriptors",
	.source = "RLIMIT_NOFILE, getrlimit(2); alloc_fd(), fs/file.c",
	.match = match,
	.judge = judge,
};
