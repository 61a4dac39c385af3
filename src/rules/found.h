/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings in the making: one a group or storm at first, then one a cause. Private to the rules. */
#ifndef TCPTRAIL_RULES_FOUND_H
#define TCPTRAIL_RULES_FOUND_H

#include "rules/rule.h"

#define FOUND_NONE UINT32_MAX /* number of no finding */

struct found {
	struct finding *findings;
	size_t count;
	const struct rule **rules; /* of each finding; NULL: it was joined to another one */
	uint32_t *of_group;        /* by number of a group: its finding */
};

/* Judges what the finding's group or storm holds. */
void found_judge(const struct why *why, struct found *found, size_t index, const struct rule *rule);

/* One cause is one finding: many processes of one program, many remote ends of one process. */
int found_join_alike(const struct why *why, struct groups *groups, struct found *found);
/*
 * Two ends of a connection on this host are one story: who waits is told of with who must act.
 * Those in states (STATE_BITs) that were asked for stay findings, as what waits. Both: 0 or -ENOMEM.
 */
int found_join_ends(const struct why *why, struct found *found, uint32_t states);
/* Of a storm, or of connects that failed: the number of the finding that tells of its cause; FOUND_NONE: it is a cause itself. */
uint32_t found_echo(const struct why *why, const struct found *found, uint32_t index);

#endif
