/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

struct list_text {
	struct list_text *next;
	char bytes[];
};

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

char *list_text(struct list *list, const char *bytes, size_t size)
{
	struct list_text *text = malloc(sizeof(*text) + size + 1);

	if (!text)
		return NULL;
	memcpy(text->bytes, bytes, size);
	text->bytes[size] = '\0';
	text->next = list->texts;
	list->texts = text;
	return text->bytes;
}

void list_free(struct list *list)
{
	struct list_text *next;

	for (struct list_text *text = list->texts; text; text = next) {
		next = text->next;
		free(text);
	}
	free(list->records);
	list->records = NULL;
	list->texts = NULL;
	list->count = list->room = 0;
}
