/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One process accepted or connected, and now only others have the socket open: a
 * fork without close(), an exec without CLOEXEC, an fd that was passed on. The one
 * who would know what to do with it may have closed it already.
 */
#include <inttypes.h>

#include "rules/rule.h"

/* Is it held, and not by who made it? */
static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	const struct origin *origin = table_origin(table, row->owner);
	const struct holder *holder = table_holder(table, row->holders);
	struct owner owner;

	if (!origin || row->owner_source > OWNER_LISTEN || row->owner_source == OWNER_NONE)
		return false;
	table_owner(table, row, &owner);
	if (owner.holding != HOLDING_OPEN || owner.fd < 0)
		return false;
	for (; holder; holder = table_holder(table, holder->next))
		if (holder->task == origin->task && !table_task(table, holder->task)->exited)
			return false;
	(void)tally;
	return true;
}

static void judge(const struct why *why, struct finding *finding)
{
	const struct row *row = finding->group.example;
	const struct origin *origin = table_origin(why->table, row->owner);
	const struct task *maker = table_task(why->table, origin->task);
	struct group place = finding->group;
	enum trend trend;
	char name[48];

	/* Nobody sees an fd being passed on: who came and went is counted for who made them. */
	place.entered = place.place_entered;
	place.left = place.place_left;
	place.since = place.place_since;
	trend = rule_trend(why, &place);
	rule_task_name(why, finding, name);
	if (trend != TREND_UNKNOWN)
		finding_evidence(finding,
		                 "whoever has them, of these connections %" PRIu64
		                 " came into this state while watched and %" PRIu64 " left it",
		                 place.entered, place.left);
	finding_evidence(finding, "made by %s of %u/%.*s, which %s",
	                 owner_source_name(row->owner_source), maker->pid, FACT_COMM_LEN,
	                 origin->comm, maker->exited ? "has ended" : "has closed its own fd");
	if (trend == TREND_TURNOVER || trend == TREND_SHRINKING) {
		finding->level = FINDING_FINE;
		finding_verdict(finding, "Turnover: %s was given these and closes them.", name);
		return;
	}
	if (rule_too_soon(why, finding))
		return;
	finding->level = trend == TREND_GROWING ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "Only %s has these open still, which did not make them: an fd that was "
	                "inherited or passed on.",
	                name);
	rule_tell_doing(why, finding);
	finding_next(finding,
	             "if %s should not have them: SOCK_CLOEXEC for accept4() and socket(), or "
	             "close() in the child after fork()",
	             name);
	finding_next(finding, "if it should: it is to close() them");
}

const struct rule rule_close_wait_passed_on = {
	.id = "close-wait-passed-on",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "made by one process, now held by another one only",
	.source =
		"a socket is closed with its last fd: fput(), fs/file_table.c; execve(2), fork(2)",
	.match = match,
	.judge = judge,
};
