/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Piles: sockets in one state of one process at one place, whatever is wrong with which of them.
 * Several findings may be about one pile; the worst of them names it.
 */
#ifndef TCPTRAIL_RULES_PILE_H
#define TCPTRAIL_RULES_PILE_H

#include "rules/finding.h"

#define PILE_LEAST 10 /* sockets: fewer are no pile, unless something is wrong with them */

struct pile {
	const struct finding *worst;
	uint32_t count;
	uint64_t failed; /* of failed connects; count is 0 then */
	uint64_t oldest; /* ns */
	bool at_least;   /* ... is a lower bound */
};

/*
 * Piles of the findings, in their order: those of PILE_LEAST sockets, those that something is wrong
 * with, and connects that failed. What happened to sockets that are gone is none. *piles is freed
 * by the caller. 0 or -ENOMEM.
 */
int piles_make(const struct finding *findings, size_t count, struct pile **piles, size_t *made);

#endif
