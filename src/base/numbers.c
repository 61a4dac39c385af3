/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/numbers.h"

uint32_t numbers_at(const struct numbers *numbers, size_t place)
{
	return (uint32_t) * (const uint64_t *)map_at(&numbers->map, place);
}

size_t numbers_find(const struct numbers *numbers, uint32_t number)
{
	const uint64_t key = number;
	const void *entry = map_find(&numbers->map, &key);

	return entry ? map_index(&numbers->map, entry) : NUMBERS_NONE;
}

size_t numbers_add(struct numbers *numbers, uint32_t number)
{
	const uint64_t key = number;
	const void *entry;

	if (!numbers->map.key)
		map_init(&numbers->map, sizeof(key), sizeof(key));
	entry = map_get(&numbers->map, &key);
	return entry ? map_index(&numbers->map, entry) : NUMBERS_NONE;
}

void numbers_free(struct numbers *numbers)
{
	map_free(&numbers->map);
}
