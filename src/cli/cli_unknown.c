/* SPDX-License-Identifier: BSD-2-Clause */
/* What was typed is unknown: finds what was probably meant. */
#include <errno.h>
#include <string.h>

#include "base/distance.h"
#include "cli/cli_table.h"

#define NAME_SIZE 40

/* "--states" is near "--state": a third of the letters may be wrong. */
struct nearest {
	const char *typed, *name; /* name NULL: nothing is near */
	size_t distance;
};

static struct nearest nearest_to(const char *typed)
{
	return (struct nearest){.typed = typed, .distance = strlen(typed) / 3 + 1};
}

static void consider(struct nearest *nearest, const char *name)
{
	size_t distance = name ? edit_distance(nearest->typed, name) : SIZE_MAX;

	if (distance > nearest->distance || (nearest->name && distance == nearest->distance))
		return;
	nearest->name = name;
	nearest->distance = distance;
}

static bool is_foreign(int letter, const char *name)
{
	for (size_t i = 0; i < cli_foreign_count; i++)
		if (letter ? cli_foreign[i].letter == letter : !strcmp(cli_foreign[i].name, name))
			return true;
	return false;
}

int cli_unknown_letter(int letter, struct diag *diag)
{
	char shown = (char)(letter > ' ' && letter < 0x7f ? letter : '?');

	if (is_foreign(letter, ""))
		return diag_fail(diag, -EINVAL,
		                 "-%c: only TCP sockets are shown here; use tcptrail netstat -%c",
		                 shown, shown);
	return diag_fail(diag, -EINVAL, "unknown option -%c; see --help", shown);
}

/* "--num" may be "--numeric-hosts" or "--numeric-ports". false: it begins no two options. */
static bool is_ambiguous(const char *name, struct diag *diag)
{
	char list[640];
	size_t used = 0, count = 0;

	for (size_t i = 0; i < cli_options_count && used < sizeof(list); i++) {
		if (strncmp(cli_options[i].name, name, strlen(name)))
			continue;
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s--%s",
		                         count++ ? ", " : "", cli_options[i].name);
	}
	if (count < 2 || !*name)
		return false;
	diag_fail(diag, -EINVAL, "ambiguous option --%s: it may be %s", name, list);
	return true;
}

int cli_unknown_option(const char *typed, struct diag *diag)
{
	char name[NAME_SIZE];
	struct nearest nearest;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(typed + 2, "="), typed + 2);
	if (is_foreign(0, name))
		return diag_fail(diag, -EINVAL,
		                 "--%s: only TCP sockets are shown here; use tcptrail netstat --%s",
		                 name, name);
	if (is_ambiguous(name, diag))
		return -EINVAL;
	nearest = nearest_to(name);
	for (size_t i = 0; i < cli_options_count; i++) {
		consider(&nearest, cli_options[i].name);
		consider(&nearest, cli_options[i].alias);
	}
	if (nearest.name)
		return diag_fail(diag, -EINVAL, "unknown option --%s; did you mean --%s?", name,
		                 nearest.name);
	return diag_fail(diag, -EINVAL, "unknown option --%s; see --help", name);
}

/* "snapshot, events, trail" */
static const char *words_of(const struct command *const commands[], char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (; *commands && used < size; commands++)
		if ((*commands)->word && (*commands)->usage)
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
			                         (*commands)->word);
	return buf;
}

int cli_unknown_command(const struct command *const commands[], const char *word, struct diag *diag)
{
	struct nearest nearest = nearest_to(word);
	char words[256];

	for (const struct command *const *at = commands; *at; at++)
		if ((*at)->usage)
			consider(&nearest, (*at)->word);
	if (nearest.name)
		return diag_fail(diag, -EINVAL, "unknown command \"%.80s\"; did you mean %s?", word,
		                 nearest.name);
	return diag_fail(diag, -EINVAL, "unknown command \"%.80s\": expected %s, or none", word,
	                 words_of(commands, words, sizeof(words)));
}
