/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/numbers.h"

#include <stdlib.h>

/* The slot of the number, or the free one that it would get. There are free ones. */
static size_t slot_of(const struct numbers *numbers, uint32_t number)
{
	size_t mask = numbers->room * 2 - 1;
	size_t slot = (number * 0x9e3779b97f4a7c15ULL >> 32) & mask;

	while (numbers->slots[slot] && numbers->items[numbers->slots[slot] - 1] != number)
		slot = (slot + 1) & mask;
	return slot;
}

static int grow(struct numbers *numbers)
{
	size_t room = numbers->room ? numbers->room * 2 : 16;
	uint32_t *items = reallocarray(numbers->items, room, sizeof(*items));
	size_t *slots;

	if (!items)
		return -1;
	numbers->items = items;
	slots = calloc(room * 2, sizeof(*slots));
	if (!slots)
		return -1;
	free(numbers->slots);
	numbers->slots = slots;
	numbers->room = room;
	for (size_t i = 0; i < numbers->count; i++)
		slots[slot_of(numbers, items[i])] = i + 1;
	return 0;
}

size_t numbers_find(const struct numbers *numbers, uint32_t number)
{
	size_t place = numbers->count ? numbers->slots[slot_of(numbers, number)] : 0;

	return place ? place - 1 : NUMBERS_NONE;
}

size_t numbers_add(struct numbers *numbers, uint32_t number)
{
	size_t place = numbers_find(numbers, number);

	if (place != NUMBERS_NONE)
		return place;
	if (numbers->count == numbers->room && grow(numbers))
		return NUMBERS_NONE;
	place = numbers->count++;
	numbers->items[place] = number;
	numbers->slots[slot_of(numbers, number)] = place + 1;
	return place;
}

void numbers_free(struct numbers *numbers)
{
	free(numbers->items);
	free(numbers->slots);
	*numbers = (struct numbers){0};
}
