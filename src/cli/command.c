/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli/command.h"

#include <string.h>

#include "cli/cli_table.h"

/* JSON, CSV and facts take up to twice the time of text: a storm gets ahead by so much more. */
#define RING_BYTES_LONG_LINES (64U << 20)

const char *command_name(const struct command *command)
{
	return command->word ? command->word : "no command";
}

void command_needs(const struct command *command, const struct options *options,
                   struct needs *needs)
{
	*needs = (struct needs){.trace = true,
	                        .stacks = options->stacks,
	                        .holders = true,
	                        .ring_bytes = options->ring_bytes};
	if (command->needs)
		command->needs(options, needs);
	/* A larger ring takes longer to make, and a walk alone brings no storm. */
	if (!needs->ring_bytes && options->format != OUTPUT_TEXT && needs->trace)
		needs->ring_bytes = RING_BYTES_LONG_LINES;
}

struct command_columns command_columns(const struct command *command, const struct options *options)
{
	if (command->columns)
		return command->columns(options);
	return (struct command_columns){row_fields, row_fields_count};
}

const struct command *cli_find_command(const struct command *const commands[], const char *word)
{
	for (; *commands; commands++) {
		const char *other = (*commands)->word;

		if (other == word || (other && word && !strcmp(other, word)))
			return *commands;
	}
	return NULL;
}

const struct command *cli_leads_to(const struct command *const commands[],
                                   const struct cli_option *option)
{
	char word[32];

	snprintf(word, sizeof(word), "--%s", option->name);
	return cli_find_command(commands, word);
}

bool cli_takes(const struct command *command, const struct cli_option *option)
{
	const char *at = command->takes ? command->takes : "";
	size_t length = strlen(option->name);

	for (; *at; at += strcspn(at, " ")) {
		at += strspn(at, " ");
		if (strcspn(at, " ") == length && !memcmp(at, option->name, length))
			return true;
	}
	return option->leads;
}

const char *cli_takers(const struct command *const commands[], const struct cli_option *option,
                       char *buf, size_t size)
{
	bool alone = cli_takes(cli_find_command(commands, NULL), option);
	size_t used = 0;

	buf[0] = '\0';
	for (; *commands && used < size; commands++)
		if ((*commands)->word && cli_takes(*commands, option))
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
			                         (*commands)->word);
	if (alone && used < size)
		snprintf(buf + used, size - used, "%swithout a command", used ? ", or " : "");
	return buf;
}

const char *cli_words(const struct command_option *list, const char *name)
{
	for (; list && list->name; list++)
		if (!strcmp(list->name, name))
			return list->text;
	return NULL;
}
