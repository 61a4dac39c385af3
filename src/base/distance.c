/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/distance.h"

#include <ctype.h>
#include <string.h>

#define COUNTED 63

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/*
 * Computes one row of the matrix at a time: line[j] is the distance of a's first i bytes to b's
 * first j.
 */
size_t edit_distance(const char *a, const char *b)
{
	size_t of_a = strnlen(a, COUNTED), of_b = strnlen(b, COUNTED);
	size_t line[COUNTED + 1];

	for (size_t j = 0; j <= of_b; j++)
		line[j] = j;
	for (size_t i = 1; i <= of_a; i++) {
		size_t diagonal = line[0];

		line[0] = i;
		for (size_t j = 1; j <= of_b; j++) {
			size_t changed = diagonal + (tolower((unsigned char)a[i - 1]) !=
			                             tolower((unsigned char)b[j - 1]));

			diagonal = line[j];
			line[j] = least(changed, line[j] + 1, line[j - 1] + 1);
		}
	}
	return line[of_b];
}
