/* SPDX-License-Identifier: BSD-2-Clause */
/* What rules have in common: trends, and who has the sockets. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/format.h"
#include "rules/rule.h"

enum trend rule_trend(const struct why *why, const struct group *group)
{
	uint64_t most = group->entered > group->left ? group->entered : group->left;
	uint64_t slack = most / 10; /* what comes and goes is never quite even */

	if (groups_window(why->groups) < NS_PER_SEC)
		return TREND_UNKNOWN;
	if (!most)
		return TREND_IDLE;
	if (group->entered > group->left + slack)
		return TREND_GROWING;
	return group->left > group->entered + slack ? TREND_SHRINKING : TREND_TURNOVER;
}

void rule_tell_flow(const struct why *why, struct finding *finding)
{
	const struct group *group = &finding->group;
	uint64_t window = groups_window(why->groups);
	char time[FORMAT_SIZE];

	if (window < NS_PER_SEC)
		return;
	format_duration(time, window);
	finding_evidence(finding,
	                 "in %s %" PRIu64 " came into this state and %" PRIu64
	                 " left it (%.1f and %.1f per second)",
	                 time, group->entered, group->left,
	                 groups_rate(why->groups, group->entered),
	                 groups_rate(why->groups, group->left));
}

const struct task *rule_task(const struct why *why, const struct finding *finding)
{
	const struct group_key *key = &finding->group.key;

	return key->pid ? table_find_task(why->table, key->pid, key->start) : NULL;
}

const char *rule_task_name(const struct why *why, const struct finding *finding, char buf[48])
{
	const struct task *task = rule_task(why, finding);

	if (task)
		snprintf(buf, 48, "%u/%.*s", task->pid, FACT_COMM_LEN, task->comm);
	else
		snprintf(buf, 48, "a process that is not known");
	return buf;
}

void rule_tell_doing(const struct why *why, struct finding *finding)
{
	const struct task *task = rule_task(why, finding);

	if (!task)
		return;
	for (uint32_t i = 0; i < task->doing_count && i < 4; i++) {
		const struct task_doing *doing = &task->doing[i];
		const char *what = doing->syscall[0] ? doing->syscall : "what cannot be told";

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
