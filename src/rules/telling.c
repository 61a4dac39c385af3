/* SPDX-License-Identifier: BSD-2-Clause */
/* What rules have in common: trends, who has the sockets, what is no storm. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/format.h"
#include "core/endpoint.h"
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
	else if (finding->storm && finding->storm->key.place.pid)
		snprintf(buf, 48, "%u/%.*s", finding->storm->key.place.pid, FACT_COMM_LEN,
		         finding->storm->comm);
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

/* --- storms --------------------------------------------------------------------------------- */

/* "peers: 10.0.0.7 (40), 10.0.0.9 (2), others (7)" */
static void tell_ends(struct finding *finding)
{
	const struct storm *storm = finding->storm;
	uint64_t rest = storm->count;
	char text[STORM_ENDS * (ENDPOINT_SIZE + 24) + 32];
	int at = 0;

	for (size_t i = 0; i < STORM_ENDS && storm->ends[i].count; i++) {
		const struct endpoint end = {.addr = storm->ends[i].addr, .family = AF_INET6};
		char address[ENDPOINT_SIZE];

		endpoint_address(&end, address);
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%s%s (%" PRIu64 ")",
		               i ? ", " : "", address, storm->ends[i].count);
		rest -= storm->ends[i].count;
	}
	if (rest)
		snprintf(text + at, sizeof(text) - (size_t)at, ", others (%" PRIu64 ")", rest);
	finding_evidence(finding, "peers: %s", text);
}

static void tell_states(struct finding *finding)
{
	for (unsigned int state = 1; state < STATE_COUNT; state++)
		if (finding->storm->states[state] && state != STATE_CLOSE)
			finding_evidence(finding, "%u of them in %s", finding->storm->states[state],
			                 state_name(state));
}

void rule_tell_storm(struct finding *finding)
{
	/* Of a remote end the headline tells. */
	if (finding->group.key.passive || finding->storm->key.elsewhere)
		tell_ends(finding);
	tell_states(finding);
}

bool rule_storm_is_small(struct finding *finding)
{
	double rate = storm_rate(finding->storm);

	if (rate >= STORM_LEAST) {
		finding_evidence(finding, "%.1f in ten seconds; less than %d are called normal",
		                 rate, STORM_LEAST);
		return false;
	}
	finding->level = FINDING_FINE;
	finding->mover = MOVER_NOBODY;
	finding_verdict(finding,
	                "Not called a storm: %.1f in ten seconds, and less than %d are normal.",
	                rate, STORM_LEAST);
	return true;
}

bool rule_storm_reason(const struct table *table, const struct storm *storm, const char *name)
{
	char buf[16];

	return storm->key.kind == CHANGE_RST_SENT && !strcmp(storm_detail(storm, table, buf), name);
}
