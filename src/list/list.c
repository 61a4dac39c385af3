/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* A piece of memory for many strings. Only the first one of a list has room left. */
struct list_text {
	struct list_text *next;
	char *bytes; /* behind the struct, or memory of its own: list_keep() */
	size_t used, room;
};

#define ALIGNMENT  8 /* of any number */
#define TEXT_PIECE 65536

#define LISTING(name) extern const struct listing listing_##name;
#include "list/kinds.h"
#undef LISTING

const struct listing *const listings[] = {
#define LISTING(name) &listing_##name,
#include "list/kinds.h"
#undef LISTING
	NULL,
};

void *list_at(const struct list *list, size_t index)
{
	return list->records + index * list->listing->record;
}

void *list_add(struct list *list)
{
	size_t size = list->listing->record;
	char *records = array_reserve(list->records, &list->room, list->count + 1, size);

	if (!records)
		return NULL;
	list->records = records;
	return memset(list_at(list, list->count++), 0, size);
}

void list_drop(struct list *list)
{
	list->count--;
}

/* A piece with room for size bytes. A large string has its own, behind the one with room left. */
static struct list_text *text_piece(struct list *list, size_t size)
{
	struct list_text *first = list->texts, *piece;
	bool large = size > TEXT_PIECE / 4;

	if (first && size <= first->room - first->used)
		return first;
	piece = malloc(sizeof(*piece) + (large ? size : TEXT_PIECE));
	if (!piece)
		return NULL;
	piece->bytes = (char *)(piece + 1);
	piece->used = 0;
	piece->room = large ? size : TEXT_PIECE;
	piece->next = large && first ? first->next : first;
	if (large && first)
		first->next = piece;
	else
		list->texts = piece;
	return piece;
}

char *list_text(struct list *list, const char *bytes, size_t size)
{
	struct list_text *piece = text_piece(list, size + 1);
	char *copy;

	if (!piece)
		return NULL;
	copy = piece->bytes + piece->used;
	piece->used += size + 1;
	if (size)
		memcpy(copy, bytes, size);
	copy[size] = '\0';
	return copy;
}

void *list_object(struct list *list, size_t size)
{
	struct list_text *piece = text_piece(list, size + ALIGNMENT - 1);
	size_t skip;
	char *object;

	if (!piece)
		return NULL;
	object = piece->bytes + piece->used;
	skip = -(uintptr_t)object % ALIGNMENT;
	piece->used += skip + size;
	return memset(object + skip, 0, size);
}

bool list_keep(struct list *list, char *memory)
{
	struct list_text *piece = malloc(sizeof(*piece)), *first = list->texts;

	if (!piece)
		return false;
	*piece = (struct list_text){.next = first ? first->next : NULL, .bytes = memory};
	if (first)
		first->next = piece;
	else
		list->texts = piece;
	return true;
}

void list_free(struct list *list)
{
	struct list_text *next;

	for (struct list_text *text = list->texts; text; text = next) {
		next = text->next;
		if (text->bytes != (char *)(text + 1))
			free(text->bytes);
		free(text);
	}
	free(list->records);
	list->records = NULL;
	list->texts = NULL;
	list->count = list->room = 0;
}
