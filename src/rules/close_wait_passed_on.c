/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One process accepted or connected, and now only another program has the socket open: it inherited
 * the fd over exec (no CLOEXEC), or the fd was passed on. The process that made the connection may
 * have closed its own fd. This rule does not match two processes of the same program: a server may
 * fork for each connection, or pass it to a worker. Other rules judge what its child does with it.
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

/* True if another program holds it, but not as standard input or output: inetd passes it so. */
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

/* Each process may have only one, so growth is counted for the whole place. */
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

	/*
	 * The kernel reports no event when an fd is passed on. So entered and left are counted for
	 * the process that made the sockets.
	 */
	place.entered = place.place_entered;
	place.left = place.place_left;
	place.since = place.place_since;
	trend = rule_trend(why, &place);
	rule_task_name(why, finding, name);
	if (trend != TREND_UNKNOWN)
		finding_evidence(finding,
		                 "of these connections, in any process, %" PRIu64
		                 " entered this state while watched and %" PRIu64 " left it",
		                 place.entered, place.left);
	rule_note_maker(why, finding);
	if (trend == TREND_TURNOVER || trend == TREND_SHRINKING) {
		finding->level = FINDING_OK;
		finding_verdict(finding,
		                "Turnover: %s received these from another program and closes them.",
		                name);
		return;
	}
	if (rule_too_soon(why, finding))
		return;
	if (are_few(&place)) {
		finding->level = FINDING_OK;
		finding_verdict(
			finding,
			"Not a finding: %s received few of these, and none of them is 30 s old.",
			name);
		return;
	}
	finding->level = trend == TREND_GROWING ? FINDING_BAD : FINDING_WARNING;
	finding->mover = MOVER_APPLICATION;
	finding_verdict(finding,
	                "Only %s still has these open, but it did not make them: it inherited the "
	                "fds, or another process passed them on.",
	                name);
	rule_note_doing(why, finding);
	finding_next(finding,
	             "if %s must not have them: use SOCK_CLOEXEC for accept4() and socket(), or "
	             "close() in the child after fork()",
	             name);
	finding_next(finding, "if it needs them: let it close() them after use");
}

const struct rule rule_close_wait_passed_on = {
	.id = "close-wait-passed-on",
	.states = STATE_BIT(STATE_CLOSE_WAIT),
	.about = "one program made it, now only another program holds it",
	.source = "the last fd closes the socket: fput(), fs/file_table.c; execve(2), fork(2)",
	.match = match,
	.judge = judge,
};
