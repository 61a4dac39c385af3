/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Turns argv into options. It never prints: the first error goes into diag as one line.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli_private.h"

/* --- operands --------------------------------------------------------------------------------- */

int cli_read_states(struct options *options, const char *const words[], size_t count,
                    struct diag *diag)
{
	static const char option[] = "--state";
	struct diag why;
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		err = query_add(&options->query, "state", words[i], &why);
	if (err != -EINVAL)
		return err ? diag_fail(diag, err, "%s", why.text) : 0;
	/* No option was typed: the message begins with the command's word. */
	return diag_fail(diag, err, "%s%.*s", command_name(options->command),
	                 (int)(sizeof(why.text) - sizeof(option)), why.text + strlen(option));
}

int cli_read_target(struct options *options, const char *const words[], size_t count,
                    struct diag *diag)
{
	(void)count;
	if (!*words[0])
		return diag_fail(diag, -EINVAL, "%s: missing argument: expected one FILE or DIR",
		                 command_name(options->command));
	options->target = words[0];
	return 0;
}

static int read_operands(struct parser *parser, struct diag *diag)
{
	struct options *options = parser->options;
	const struct command_operands *operands = &options->command->operands;
	size_t count = parser->word_count ? parser->word_count - 1 : 0;

	if (count > operands->most)
		return diag_fail(diag, -EINVAL, "%s: unexpected argument \"%.80s\"",
		                 command_name(options->command), parser->words[operands->most]);
	if (count < operands->least)
		return diag_fail(diag, -EINVAL, "%s: %s", command_name(options->command),
		                 operands->missing);
	return count ? operands->read(options, parser->words, count, diag) : 0;
}

/* --- all is read ------------------------------------------------------------------------------ */

/* COMMAND --columns help */
static void turn_to_help(struct options *options)
{
	if (!options->columns || strcmp(options->columns, "help"))
		return;
	if (!options->command->ignores_errors)
		options->about = options->command;
	options->command = cli_find_command(options->commands, "--help");
}

static int finish(struct parser *parser, struct diag *diag)
{
	struct options *options = parser->options;
	const struct command *leads_to = parser->leads_to;
	int err = parser->err;

	options->about = options->command;
	if (leads_to)
		options->command = leads_to;
	if (options->command->ignores_errors)
		return 0;
	if (err)
		return diag_fail(diag, err, "%s", parser->diag.text);
	err = cli_check_taken(options, diag);
	if (!err && !leads_to)
		err = read_operands(parser, diag);
	if (!err && options->command->check)
		err = options->command->check(options, diag);
	if (options->continuous && !options->interval) /* -c without a number */
		options->interval = NS_PER_SEC;
	return err ? err : cli_check(options, diag);
}

static int read_tcptrail(int argc, char **argv, struct options *options, struct diag *diag)
{
	struct parser parser = {.argv = argv, .options = options};
	int err;

	parser.words = calloc((size_t)argc + 1, sizeof(*parser.words));
	if (!parser.words)
		return diag_fail(diag, -ENOMEM, "out of memory");
	parser_read(&parser, argc);
	err = finish(&parser, diag);
	free(parser.words);
	return err;
}

/* --- a grammar of its own --------------------------------------------------------------------- */

static bool is_program(const struct command_grammar *grammar, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	const char *name = slash ? slash + 1 : path;

	for (const char *const *at = grammar->programs; name && *at; at++)
		if (!strcmp(*at, name))
			return true;
	return false;
}

/* The command whose grammar reads the line, and argv[*at] begins it. NULL: tcptrail's reads it. */
static const struct command *find_grammar(int argc, char **argv,
                                          const struct command *const commands[], int *at)
{
	for (; *commands; commands++) {
		const struct command *command = *commands;

		if (!command->grammar)
			continue;
		*at = is_program(command->grammar, argv[0]) ? 0 : 1;
		if (!*at || (argc > 1 && !strcmp(argv[1], command->word)))
			return command;
	}
	return NULL;
}

static int read_line(int argc, char **argv, struct options *options, struct diag *diag)
{
	int at;
	const struct command *command = find_grammar(argc, argv, options->commands, &at);

	if (!command)
		return read_tcptrail(argc, argv, options, diag);
	options->command = options->about = command;
	options->grammar = command->grammar;
	return command->grammar->read(argc - at, argv + at, options, diag);
}

int cli_parse(int argc, char **argv, const struct command *const commands[],
              struct options *options, struct diag *diag)
{
	struct options result = {.commands = commands, .command = cli_find_command(commands, NULL)};
	int err;

	query_init(&result.query);
	err = read_line(argc, argv, &result, diag);
	if (err) {
		options_free(&result);
		return err;
	}
	turn_to_help(&result);
	*options = result;
	return 0;
}

bool cli_asks_kernel(const struct options *options)
{
	const struct command *command = options->command;

	return command->asks_kernel || (command->sources & SOURCE_LIVE && !options->from);
}

int cli_no_effect(const char *option, const char *why, struct diag *diag)
{
	return diag_fail(diag, -EINVAL, "--%s has no effect here: %s", option, why);
}

void options_free(struct options *options)
{
	query_free(&options->query);
	free(options->columns);
	options->columns = NULL;
	free(options->socket);
	options->socket = NULL;
	free(options->fail_ifs);
	options->fail_ifs = NULL;
	options->fail_if_count = 0;
	if (options->grammar)
		options->grammar->free(options->own);
	options->own = NULL;
}
