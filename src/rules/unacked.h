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

/* Sockets that do not get on. */
uint64_t unacked_stuck(const struct group *group);
/* Is that more often for a closed window than for loss? */
bool unacked_by_window(const struct group *group);

/* Flow, loss or window, bytes, orphans and their limit, and when the kernel gives up. */
void unacked_tell(const struct why *why, struct finding *finding);
/* Level and mover of a group of which some do not get on. */
void unacked_blame(const struct why *why, struct finding *finding);

#endif
