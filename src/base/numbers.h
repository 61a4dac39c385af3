/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of numbers in the order of their arrival. The place of a number can index an array. */
#ifndef TCPTRAIL_BASE_NUMBERS_H
#define TCPTRAIL_BASE_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/map.h"

#define NUMBERS_NONE SIZE_MAX

struct numbers { /* all 0: empty */
	struct map map;
};

static inline size_t numbers_count(const struct numbers *numbers)
{
	return numbers->map.count;
}

/* The number at a place below the count. */
uint32_t numbers_at(const struct numbers *numbers, size_t place);
/* NUMBERS_NONE: it is not in the set. */
size_t numbers_find(const struct numbers *numbers, uint32_t number);
/* The place of the number. It is new if its place was the count. NUMBERS_NONE: no memory. */
size_t numbers_add(struct numbers *numbers, uint32_t number);
void numbers_free(struct numbers *numbers); /* empty again */

#endif
