/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings while rules make them: first one for each group or storm, then one for each cause. */
#ifndef TCPTRAIL_RULES_FINDING_SET_PRIVATE_H
#define TCPTRAIL_RULES_FINDING_SET_PRIVATE_H

#include "rules/rule.h"

#define FINDING_NONE UINT32_MAX /* index that means no finding */

struct finding_set {
	struct finding *findings;
	size_t count;
	const struct rule **rules; /* of each finding; NULL: merged into another finding */
	uint32_t *of_group;        /* by index of a group: index of its finding */
};

/* Applies the rule to the finding, whose group or storm is filled. */
void finding_set_judge(const struct why *why, struct finding_set *found, size_t index,
                       const struct rule *rule);

/*
 * Merges findings that have one cause: many processes of one program, many remote ends of one
 * process. 0 or -ENOMEM.
 */
int finding_set_merge(const struct why *why, struct groups *groups, struct finding_set *found);
/*
 * If both ends of a connection are on this host, reports the end that waits with the end that must
 * act. If the user named states (STATE_BITs), what waits stays a finding too. 0 or -ENOMEM.
 */
int finding_set_join_ends(const struct why *why, struct finding_set *found, uint32_t states);
/*
 * Reports sockets that have left CLOSE_WAIT for CLOSE, and are still open, with those that are
 * still in CLOSE_WAIT. 0 or -ENOMEM.
 */
int finding_set_join_closed(struct finding_set *found);
/*
 * The finding that is the cause of a storm or of failed connects; FINDING_NONE: they are a cause
 * themselves.
 */
uint32_t finding_set_cause(const struct why *why, const struct finding_set *found, uint32_t index);

#endif
