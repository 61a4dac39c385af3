/* SPDX-License-Identifier: BSD-2-Clause */
/* Searches in arrays whose elements begin with a uint64_t, sorted by it. */
#ifndef TCPTRAIL_BASE_SORTED_H
#define TCPTRAIL_BASE_SORTED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Index of the first of count elements, of size bytes each, whose number is above the key. */
static inline size_t sorted_first_above(const void *elements, size_t count, size_t size,
                                        uint64_t key)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint64_t number;

		memcpy(&number, (const char *)elements + middle * size, sizeof(number));
		if (number > key)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

#endif
