/* SPDX-License-Identifier: BSD-2-Clause */
/* Which finding waits for which; private to ends*.c. */
#ifndef TCPTRAIL_RULES_ENDS_PRIVATE_H
#define TCPTRAIL_RULES_ENDS_PRIVATE_H

#include "rules/finding_set_private.h"

#define NONE FINDING_NONE

struct ends {
	const struct why *why;
	struct finding_set *found;
	uint32_t *of_row; /* by row: index of its finding, or NONE */
	size_t rows;
	uint32_t *waits_for;  /* by finding: the finding that it waits for, or NONE */
	bool holes;           /* is there a finding of pmtu-black-hole? */
	struct map upstreams; /* struct upstream */
};

/* The finding that most waiting sockets of a process wait for. */
struct upstream {
	uint64_t task;
	uint64_t finding; /* index, or NONE */
	uint32_t count;
	const struct row *example;
};

/* The index of the finding that has the row, or NONE. */
uint32_t ends_finding(const struct ends *ends, const struct row *row);
/*
 * The finding of a listener that does not accept, or of its process, which has no free fd. NONE:
 * there is none.
 */
uint32_t ends_of_listener(const struct ends *ends, const struct row *listener);
/* Can the finding be reported with the other one? The other one must be a problem, or must act. */
bool ends_can_join(const struct ends *ends, uint32_t index, uint32_t other);
/*
 * Links the finding to the one of a listener if that is its cause: the process does not accept,
 * closes at once, or is at its limit of fds.
 */
void ends_link_listener(struct ends *ends, uint32_t index);
/* Links unanswered connects to others with the same cause, or to the conntrack table. */
void ends_link_opening(struct ends *ends, uint32_t index);

/*
 * The finding that most of the finding's sockets wait for, NONE if there is none; *most: how many
 * wait for it.
 */
uint32_t ends_find_peers(struct ends *ends, const struct finding *finding, uint32_t *most);
/* Fills upstreams. 0 or -ENOMEM. */
int ends_find_upstreams(struct ends *ends);
/* The upstream of all processes that have the finding's sockets. count 0: they wait for nothing. */
struct upstream ends_upstream(struct ends *ends, const struct finding *finding);
/* The finding at the end of the chain. A circle has no end: the finding itself. */
uint32_t ends_root(const struct ends *ends, uint32_t index);
/*
 * The finding waits for its upstream, but no other finding reports that: the finding itself does.
 */
void ends_judge_waiting(struct ends *ends, uint32_t index, const struct upstream *upstream);
/*
 * Reports each finding that waits with the one at the end of its chain. A finding in one of the
 * states (STATE_BITs), which the user named, stays a finding as well.
 */
void ends_note_all(struct ends *ends, uint32_t states);

#endif
