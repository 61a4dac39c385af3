/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings in the making: one a group or storm at first, then one a cause. Private to the rules. */
#ifndef TCPTRAIL_RULES_FINDING_SET_PRIVATE_H
#define TCPTRAIL_RULES_FINDING_SET_PRIVATE_H

#include "rules/rule.h"

#define FINDING_NONE UINT32_MAX /* number of no finding */

struct finding_set {
	struct finding *findings;
	size_t count;
	const struct rule **rules; /* of each finding; NULL: it was joined to another one */
	uint32_t *of_group;        /* by number of a group: its finding */
};

/* Judges what the finding's group or storm holds. */
void finding_set_judge(const struct why *why, struct finding_set *found, size_t index,
                       const struct rule *rule);

/* One cause is one finding: many processes of one program, many remote ends of one process. */
int finding_set_merge(const struct why *why, struct groups *groups, struct finding_set *found);
/*
 * Two ends of a connection on this host are one story: who waits is told of with who must act.
 * Those in states (STATE_BITs) that were asked for stay findings, as what waits. Both: 0 or -ENOMEM.
 */
int finding_set_join_ends(const struct why *why, struct finding_set *found, uint32_t states);
/* What has left CLOSE_WAIT for CLOSE, and is open still, is told of with what has not. 0 or -ENOMEM. */
int finding_set_join_closed(struct finding_set *found);
/* Of a storm, or of connects that failed: the number of the finding that tells of its cause; FINDING_NONE: it is a cause itself. */
uint32_t finding_set_cause(const struct why *why, const struct finding_set *found, uint32_t index);

#endif
