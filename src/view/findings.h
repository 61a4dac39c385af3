/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings of the rules, as text and as JSON. */
#ifndef TCPTRAIL_VIEW_FINDINGS_H
#define TCPTRAIL_VIEW_FINDINGS_H

#include "rules/finding.h"
#include "view/view.h"

/* What was watched. */
struct findings_scope {
	uint64_t window; /* ns */
	uint32_t states; /* STATE_BITs of the states that the user named; 0: none */
	struct groups_forgotten forgotten;
};

/*
 * Prints a line for each pile, then the findings in order, then a summary. Findings that are OK
 * only count in the summary, unless all is set. If the user named states, all findings print, and
 * no piles. dated: the summary starts with the time, because more reports follow. 0 or -errno of
 * the stream.
 */
int findings_text(struct view *view, const struct finding *findings, size_t count, bool all,
                  const struct findings_scope *scope, bool dated);
/* Prints only the first line of each finding that is a warning or bad. */
int findings_headlines(struct view *view, const struct finding *findings, size_t count);
/* One object for each finding, also for those that are OK; one for forgotten groups, if any. */
int findings_json(struct view *view, const struct finding *findings, size_t count,
                  const struct findings_scope *scope);

#endif
