/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last line about findings:
 *
 *   3 findings in 10.0s; 137 CLOSE_WAIT stay, 5 of them old (see -v).
 *   No pile grew in 10.0s; 2 groups are OK (see -v).
 *   No matching socket is in CLOSE_WAIT, watched for 10.0s.
 */
#include <inttypes.h>

#include "rules/pile.h"
#include "view/findings_private.h"
#include "view/line.h"

/* A steady group is shown if it is a pile, or if it has old sockets. */
bool finding_is_shown(const struct finding *finding, bool all, const struct findings_scope *scope)
{
	if (finding->waits)
		return false;
	if (all || scope->states || finding->level > FINDING_STEADY)
		return true;
	return finding->level == FINDING_STEADY &&
	       (finding->old || finding->group.count >= PILE_LEAST);
}

static void add_forgotten(struct buffer *line, const struct groups_forgotten *forgotten)
{
	if (!forgotten->groups)
		return;
	buffer_print(line, "; %" PRIu64 " failed connect%s in %" PRIu64 " older group%s forgotten",
	             forgotten->failed, forgotten->failed == 1 ? "" : "s", forgotten->groups,
	             forgotten->groups == 1 ? " was" : "s were");
}

struct counts {
	size_t all, problems, ok, hidden;  /* findings */
	uint32_t steady[STATE_COUNT], old; /* sockets that stay */
};

static struct counts count_findings(const struct finding *findings, size_t count, bool all,
                                    const struct findings_scope *scope)
{
	struct counts counts = {0};

	for (size_t i = 0; i < count; i++) {
		const struct finding *finding = &findings[i];

		if (finding->waits)
			continue;
		counts.all++;
		counts.problems += finding->level > FINDING_STEADY;
		counts.ok += finding->level == FINDING_OK;
		counts.hidden += !finding_is_shown(finding, all, scope);
		if (finding->level != FINDING_STEADY)
			continue;
		counts.steady[finding->group.key.state] += finding->group.count;
		counts.old += finding->old;
	}
	return counts;
}

/* "CLOSE_WAIT or LAST_ACK" */
static void add_states(struct buffer *line, uint32_t states)
{
	const char * or = "";

	for (unsigned int i = 1; i < STATE_NEW_SYN_RECV; i++) {
		if (!(states & STATE_BIT(i)))
			continue;
		buffer_print(line, "%s%s", or, state_name((uint8_t)i));
		or = " or ";
	}
}

static void add_result(struct buffer *line, const struct counts *counts, size_t piles,
                       const struct findings_scope *scope)
{
	if (counts->problems) {
		buffer_print(line, "%zu finding%s", counts->problems,
		             counts->problems == 1 ? "" : "s");
	} else if (scope->states && !counts->all) {
		buffer_text(line, "No matching socket is in ");
		add_states(line, scope->states);
	} else if (piles || scope->states || !scope->window) {
		buffer_text(line, "No finding");
	} else {
		buffer_text(line, "No pile grew");
	}
}

/* "; 137 CLOSE_WAIT and 12 ESTABLISHED stay, 5 of them old" */
static void add_steady(struct buffer *line, const struct counts *counts)
{
	const char *between = "; ";
	uint32_t all = 0;

	for (unsigned int state = 1; state < STATE_COUNT; state++) {
		if (!counts->steady[state])
			continue;
		all += counts->steady[state];
		buffer_print(line, "%s%u %s", between, counts->steady[state], state_name(state));
		between = " and ";
	}
	if (!all)
		return;
	buffer_text(line, all == 1 ? " stays" : " stay");
	if (counts->old)
		buffer_print(line, ", %u of them old", counts->old);
}

int findings_print_summary(struct view *view, const struct finding *findings, size_t count,
                           bool all, const struct findings_scope *scope, size_t piles, bool dated)
{
	const struct counts counts = count_findings(findings, count, all, scope);
	struct buffer line = {0};
	char time[FORMAT_SIZE];

	if (dated && finding_time_text(view, time))
		buffer_print(&line, "%s: ", time);
	add_result(&line, &counts, piles, scope);
	format_duration(time, scope->window);
	if (scope->window)
		buffer_print(&line, scope->states && !counts.all ? ", watched for %s" : " in %s",
		             time);
	add_steady(&line, &counts);
	if (counts.ok)
		buffer_print(&line, "; %zu group%s OK", counts.ok,
		             counts.ok == 1 ? " is" : "s are");
	if (counts.hidden)
		buffer_text(&line, " (see -v)");
	add_forgotten(&line, &scope->forgotten);
	buffer_text(&line, dated ? ".\n\n" : ".\n");
	return line_write(view, &line);
}
