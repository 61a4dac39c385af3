/* SPDX-License-Identifier: BSD-2-Clause */
#include "field/columns.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/distance.h"

const char *const columns_events[] = {
	"time", "netns_name", "local", "foreign", "transition", "duration", "program", NULL,
};

static void append(const char *keys[COLUMNS_MAX], const char *const *more)
{
	size_t used = 0;

	while (keys[used])
		used++;
	while (*more && used + 1 < COLUMNS_MAX)
		keys[used++] = *more++;
	keys[used] = NULL;
}

void columns_snapshot(bool extended, bool programs, bool timers, bool verbose,
                      const char *keys[COLUMNS_MAX])
{
	static const char *const always[] = {"proto",   "recv_q", "send_q", "local",
	                                     "foreign", "state",  NULL};
	static const char *const extended_keys[] = {"user", "inode", NULL};
	static const char *const programs_keys[] = {"program", NULL};
	static const char *const timers_keys[] = {"timer", NULL};
	static const char *const verbose_keys[] = {"owner_source", "peer_program", NULL};
	static const char *const ours[] = {"age",          "retrans",    "rst_sent",
	                                   "rst_received", "netns_name", NULL};

	keys[0] = NULL;
	append(keys, always);
	if (extended)
		append(keys, extended_keys);
	if (programs)
		append(keys, programs_keys);
	if (timers)
		append(keys, timers_keys);
	append(keys, ours);
	if (verbose)
		append(keys, verbose_keys);
}

struct choice {
	const struct field *fields;
	size_t count;
	const struct field **chosen; /* has room for all fields */
	size_t chosen_count;
};

static void choose(struct choice *choice, const struct field *field)
{
	for (size_t i = 0; i < choice->chosen_count; i++)
		if (choice->chosen[i] == field)
			return;
	choice->chosen[choice->chosen_count++] = field;
}

#define NEAREST 3

/* Finds the NEAREST fields to a name, by key or heading, nearest first. Returns how many. */
static size_t find_nearest(const struct choice *choice, const char *typed,
                           const struct field *nearest[NEAREST])
{
	size_t distances[NEAREST], found = 0;

	for (size_t i = 0; i < choice->count; i++) {
		const struct field *field = &choice->fields[i];
		size_t key = edit_distance(typed, field->word->key);
		size_t heading = edit_distance(typed, field->word->heading);
		size_t distance = key < heading ? key : heading, place = found;

		while (place && distance < distances[place - 1])
			place--;
		if (place == NEAREST)
			continue;
		found += found < NEAREST;
		for (size_t at = found - 1; at > place; at--) {
			distances[at] = distances[at - 1];
			nearest[at] = nearest[at - 1];
		}
		distances[place] = distance;
		nearest[place] = field;
	}
	return found;
}

static int unknown_column(const struct choice *choice, const char *typed, struct diag *diag)
{
	const struct field *nearest[NEAREST];
	size_t count = find_nearest(choice, typed, nearest), used = 0;
	char names[160] = "";

	for (size_t i = 0; i < count && used < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
		                         !i              ? ""
		                         : i + 1 < count ? ", "
		                                         : " or ",
		                         nearest[i]->word->key);
	return diag_fail(diag, -EINVAL,
	                 "unknown column \"%.40s\"; did you mean %s? --columns help lists all",
	                 typed, names);
}

static int choose_key(struct choice *choice, const char *typed, struct diag *diag)
{
	const struct field *found[FIELDS_TYPED_MOST];
	size_t count = fields_find_typed(choice->fields, choice->count, typed, found);

	for (size_t i = 0; i < count; i++)
		choose(choice, found[i]);
	return count ? 0 : unknown_column(choice, typed, diag);
}

static int choose_defaults(struct choice *choice, const char *const *defaults, struct diag *diag)
{
	int err = 0;

	for (size_t i = 0; !defaults && i < choice->count; i++)
		choose(choice, &choice->fields[i]);
	for (; defaults && *defaults && !err; defaults++)
		err = choose_key(choice, *defaults, diag);
	return err;
}

static int choose_typed(struct choice *choice, const char *typed, struct diag *diag)
{
	char *copy = strdup(typed);
	char *rest = copy;
	char *key;
	int err = 0;

	if (!copy)
		return diag_fail(diag, -ENOMEM, "out of memory");
	while (!err && (key = strsep(&rest, ",")))
		err = choose_key(choice, key, diag);
	free(copy);
	return err;
}

int columns_select(const struct field *fields, size_t count, const char *const *defaults,
                   const char *typed, const struct field ***chosen, size_t *chosen_count,
                   struct diag *diag)
{
	struct choice choice = {.fields = fields, .count = count};
	bool more = typed && typed[0] == '+';
	int err = 0;

	choice.chosen = calloc(count ? count : 1, sizeof(*choice.chosen));
	if (!choice.chosen)
		return diag_fail(diag, -ENOMEM, "out of memory");
	if (!typed || more)
		err = choose_defaults(&choice, defaults, diag);
	if (typed && !err)
		err = choose_typed(&choice, typed + more, diag);
	if (err) {
		free(choice.chosen);
		return err;
	}
	*chosen = choice.chosen;
	*chosen_count = choice.chosen_count;
	return 0;
}
