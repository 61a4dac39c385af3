/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

#define ROOM_FIRST 16

void *array_reserve(void *array, size_t *room, size_t wanted, size_t size)
{
	size_t larger = *room ? *room : ROOM_FIRST;
	void *moved;

	if (wanted <= *room)
		return array;
	if (wanted > SIZE_MAX / 2)
		return NULL;
	while (larger < wanted)
		larger *= 2;
	if (larger > SIZE_MAX / size)
		return NULL; /* sanitizers end a program whose reallocarray() overflows */
	moved = reallocarray(array, larger, size);
	if (moved)
		*room = larger;
	return moved;
}

void *array_add(void *array, size_t count, size_t size)
{
	/* It is full when count is 0, or a power of two that is not below the first room. */
	if (count && (count < ROOM_FIRST || count & (count - 1)))
		return array;
	return reallocarray(array, count ? 2 * count : ROOM_FIRST, size);
}
