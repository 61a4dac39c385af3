/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pile: all sockets of one process at one place in one state. Several findings may be about one
 * pile. The worst of them names it.
 */
#ifndef TCPTRAIL_RULES_PILE_H
#define TCPTRAIL_RULES_PILE_H

#include "rules/finding.h"

#define PILE_LEAST 10 /* sockets: fewer are a pile only if something is wrong with them */

struct pile {
	const struct finding *worst;
	uint32_t count;
	uint64_t failed; /* of failed connects; count is 0 then */
	uint64_t oldest; /* ns */
	bool at_least;   /* ... is a lower bound */
};

/*
 * The piles of the findings, in the same order: those with at least PILE_LEAST sockets, those with
 * something wrong, and failed connects. Storms are no piles. The caller frees *piles. 0 or -ENOMEM.
 */
int piles_make(const struct finding *findings, size_t count, struct pile **piles, size_t *made);

#endif
