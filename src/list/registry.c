/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/registry.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "field/word.h"

static void get_time(const struct field_context *context, const void *object, struct value *value)
{
	(void)object;
	value_time(value, context, context->now);
}

static void get_netns(const struct field_context *context, const void *object, struct value *value)
{
	(void)object;
	if (context->netns)
		value_number(value, context->netns);
}

static void get_netns_name(const struct field_context *context, const void *object,
                           struct value *value)
{
	(void)object;
	value_netns_name(value, context, context->netns);
}

static const struct field common[] = {
	{KEY(time), get_time, NULL},
	{KEY(netns), get_netns, NULL},
	{KEY(netns_name), get_netns_name, NULL},
};

#define COMMON_COUNT (sizeof(common) / sizeof(common[0]))

static int add_fields(struct list_registry *registry, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct field *grown;

		if (field_find(registry->fields, registry->count, fields[i].word->key))
			continue;
		grown = array_add(registry->fields, registry->count, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		registry->fields = grown;
		grown[registry->count++] = fields[i];
	}
	return 0;
}

int list_registry_add(struct list_registry *registry, const struct listing *listing)
{
	int err = add_fields(registry, listing->fields, *listing->field_count);

	return err ? err : add_fields(registry, common, COMMON_COUNT);
}

void list_registry_free(struct list_registry *registry)
{
	free(registry->fields);
	registry->fields = NULL;
	registry->count = 0;
}

const struct field *list_field(const struct listing *listing, const char *key)
{
	const struct field *found = field_find(listing->fields, *listing->field_count, key);

	return found ? found : field_find(common, COMMON_COUNT, key);
}

static void get_nothing(const struct field_context *context, const void *object,
                        struct value *value)
{
	(void)context;
	(void)object;
	(void)value;
}

struct field list_field_absent(const struct word *word)
{
	return (struct field){.word = word, .get = get_nothing};
}
