/* SPDX-License-Identifier: BSD-2-Clause */
/* What was sent and is not acknowledged: how the rules of several states look at that. */
#ifndef TCPTRAIL_RULES_UNACKED_H
#define TCPTRAIL_RULES_UNACKED_H

#include "rules/rule.h"

/* The tallies of a group whose rule matches by unacked_match(). */
enum unacked_tally {
	UNACKED_BYTES,   /* not acknowledged, the FIN not counted */
	UNACKED_CLOSED,  /* sockets that wait for the peer's window to open */
	UNACKED_LOST,    /* sockets that have sent the same three times or more, unanswered */
	UNACKED_ORPHANS, /* sockets that no fd refers to */
};

/* A match: for states in which our FIN is sent and not acknowledged. All rows match. */
bool unacked_match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES]);

/*
 * How a judge begins: writes who it is to name, tells flow, loss or window, bytes, orphans and
 * their limit, and when the kernel gives up; then sets level and mover.
 */
enum unacked_outcome {
	UNACKED_ON_THE_WAY, /* all get on: fine, the caller says so */
	UNACKED_FEW,        /* few do not: fine, the verdict says so */
	UNACKED_STUCK,      /* the caller says why */
};
enum unacked_outcome unacked_judge(const struct why *why, struct finding *finding,
                                   char name[RULE_NAME_SIZE]);
/* Of those that do not: is it more often for a closed window than for loss? */
bool unacked_by_window(const struct group *group);

#endif
