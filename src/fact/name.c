/* SPDX-License-Identifier: BSD-2-Clause */
#include "fact/name.h"

#include <string.h>

#include "fact/kind.h"

void fact_name_make(union fact_name_buffer *buffer, uint64_t time, enum fact_name_kind kind,
                    const uint64_t key[2], const char *name)
{
	struct fact_name *fact = &buffer->fact;
	size_t size = strnlen(name, FACT_NAME_MAX);

	memset(buffer, 0, sizeof(*buffer));
	fact->h.type = FACT_NAME;
	fact->h.len = fact_length(FACT_NAME, (uint32_t)size);
	fact->h.time = time;
	fact->kind = kind;
	fact->size = (uint32_t)size;
	fact->key[0] = key[0];
	fact->key[1] = key[1];
	memcpy(fact->name, name, size);
}
