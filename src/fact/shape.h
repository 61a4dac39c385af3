/* SPDX-License-Identifier: BSD-2-Clause */
/* How long facts are, and what of varying length some of them end with. */
#ifndef TCPTRAIL_FACT_SHAPE_H
#define TCPTRAIL_FACT_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fact.h"

/* The array that a fact ends with. */
struct fact_tail {
	uint16_t offset;  /* of its first element */
	uint16_t count;   /* offset of the __u32 that tells how many there are */
	uint16_t element; /* bytes; 0: the type has no tail */
	uint16_t max;     /* elements */
	bool nul;         /* a NUL, not counted, follows */
};

/* Bytes before the tail; 0: no such type. */
uint16_t fact_size(unsigned int type);
const struct fact_tail *fact_tail(unsigned int type);

/* Elements of the fact's tail. */
uint32_t fact_tail_count(const struct fact *fact, const struct fact_tail *tail);

/* Is the fact, of a known type, as long as its type and its tail need? */
bool fact_is_whole(const struct fact *fact);

/* Length of a fact of the type with a tail of so many elements: a multiple of 8. */
uint16_t fact_length(unsigned int type, uint32_t count);

#endif
