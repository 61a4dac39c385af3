/* SPDX-License-Identifier: BSD-2-Clause */
/* The changes in a FACT_COUNTS. */
#ifndef TCPTRAIL_FACT_COUNTS_H
#define TCPTRAIL_FACT_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "fact.h"

#define COUNTS_IDS 0x8000 /* ids are below; 0 is none */

/* One element. */
struct counts_change {
	int64_t difference; /* 48 bits, signed */
	uint16_t id;
	bool high; /* it counts 2^40; the next element has the rest */
};

struct counts_change counts_unpack(uint64_t element);
uint64_t counts_pack(const struct counts_change *change);

/* Elements that counts_add() adds at most. */
#define COUNTS_ELEMENTS 2
/* Adds a change of any size. The fact must have room for COUNTS_ELEMENTS more. */
void counts_add(struct fact_counts *fact, uint16_t id, int64_t difference);

/*
 * Takes the next change, of whatever size, from element *at on. false: there is none, or the elements
 * are damaged.
 */
bool counts_next(const struct fact_counts *fact, uint32_t *at, uint16_t *id, int64_t *difference);

/* Room for every FACT_COUNTS. */
union fact_counts_buffer {
	struct fact_counts fact;
	char bytes[sizeof(struct fact_counts) + FACT_COUNTS_MAX * sizeof(uint64_t)];
};

#endif
