/* SPDX-License-Identifier: BSD-2-Clause */
/* Sent data or FINs that are not acknowledged: what the rules of several states share. */
#ifndef TCPTRAIL_RULES_UNACKED_H
#define TCPTRAIL_RULES_UNACKED_H

#include "rules/rule.h"

/* The tallies of a group whose rule matches by unacked_match(). */
enum unacked_tally {
	UNACKED_BYTES,  /* not acknowledged, without the FIN */
	UNACKED_CLOSED, /* sockets that wait for the peer's window to open */
	UNACKED_LOST,   /* sockets that have sent the same at least three times without an answer */
	UNACKED_ORPHANS, /* sockets that no fd refers to */
};

/* Matches all rows of a state in which our FIN is sent and not acknowledged. */
bool unacked_match(const struct table *table, const struct row *row, uint64_t tally[GROUP_TALLIES]);

/*
 * The first part of a judge function. Writes the name of the process. Adds evidence: flow, loss or
 * window, bytes, orphans and their limit, and when the kernel gives up. Then sets level and mover.
 */
enum unacked_outcome {
	UNACKED_ON_THE_WAY, /* all make progress: OK, the caller sets the verdict */
	UNACKED_FEW,        /* few make no progress: OK, the verdict is set */
	UNACKED_STUCK,      /* the caller sets the verdict */
};
enum unacked_outcome unacked_judge(const struct why *why, struct finding *finding,
                                   char name[RULE_NAME_SIZE]);
/* Of the stuck sockets: does a closed window stop more of them than loss? */
bool unacked_by_window(const struct group *group);

#endif
