/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One process accepted or connected, and now only another program has the socket open: an
 * exec without CLOEXEC, an fd that was passed on. The one who would know what to do with it
 * may have closed it already. A process of the same program is another matter: a server that
 * forks for each connection, or passes it to a worker, does so in order, and what its child
 * does with it is for other rules.
 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "rules/rule.h"

#define FEW      5
#define AGE_SURE (30 * NS_PER_SEC)

/* "sshd" and "sshd-session" are of one program. */
static bool same_program(const struct task *holder, const struct origin *maker)
{
	size_t shorter = strnlen(holder->comm, FACT_COMM_LEN);
	size_t other = strnlen(maker->comm, FACT_COMM_LEN);

	if (other < shorter)
		shorter = other;
	return shorter && !memcmp(holder->comm, maker->comm, shorter);
}

/* Is it held, and not by who made it, nor as standard input or output, as inetd gives it? */
static bool match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES])
{
	const struct origin *maker = rule_maker(table, row);
	struct owner owner;

	(void)tally;
	if (!maker)
		return false;
	table_owner(table, row, &owner);
	return owner.fd > STDERR_FILENO && !same_program(owner.task, maker);
}

/* Each process may have one only: what has become more is counted at the place. */
static bool are_few(const struct group *place)
{
	uint64_t more = place->entered > place->left ? place->entered - place->left : 0;

	return place->count < FEW && more < FEW && place->oldest < AGE_SURE;
}

static void judge(const struct why *why, struct finding *finding)
{
	struct group place = finding->group;
	enum trend trend;
	char name[RULE_NAME_SIZE];

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
	rule_note_maker(why, finding);
	if (trend == TREND_TURNOVER || trend == TREND_SHRINKING) {
		finding->level = FINDING_OK;
		finding_verdict(finding, "Turnover: %s was given these and closes them.", name);
		return;
	}
	if (rule_too_soon(why, finding))
		return;
	if (are_few(&place)) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "Not a finding: %s was given few of these, none is 30 s old.",
		                name);
		return;
	}
	finding->level = trend == TREND_GROWING ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "Only %s has these open still, which did not make them: an fd that was "
	                "inherited or passed on.",
	                name);
	rule_note_doing(why, finding);
	finding_next(finding,
	             "if %s should not have them: SOCK_CLOEXEC for accept4() and socket(), or "
	             "close() in the child after fork()",
	             name);
	finding_next(finding, "if it should: it is to close() them");
}

const struct rule rule_close_wait_passed_on = {
	.id = "close-wait-passed-on",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "made by one program, now held by another one only",
	.source =
		"a socket is closed with its last fd: fput(), fs/file_table.c; execve(2), fork(2)",
	.match = match,
	.judge = judge,
};
