/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads argv by the rows of cli_table.c and of the commands. It keeps the first error and reads on,
 * because --help may follow.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_private.h"

#define LONG_BASE 256 /* getopt values of options without a letter */

void parser_note(struct parser *parser, int err, const struct diag *diag)
{
	if (!err || parser->err)
		return;
	parser->err = err;
	parser->diag = *diag;
}

static int value_of(size_t row)
{
	return cli_options[row].letter ? cli_options[row].letter : LONG_BASE + (int)row;
}

static const struct cli_option *find_value(int value)
{
	for (size_t i = 0; i < cli_options_count; i++) {
		if (value_of(i) == value)
			return &cli_options[i];
	}
	return NULL;
}

static int has_argument(const struct cli_option *option)
{
	if (!option->argument)
		return no_argument;
	return option->optional ? optional_argument : required_argument;
}

/*
 * "-" first: getopt returns words in their order, even with POSIXLY_CORRECT. ":": it reports a
 * missing argument.
 */
static void make_getopt(struct parser *parser)
{
	struct option *at = parser->longs;
	char *letter = parser->shorts;

	*letter++ = '-';
	*letter++ = ':';
	for (size_t i = 0; i < cli_options_count; i++) {
		const struct cli_option *option = &cli_options[i];
		int value = value_of(i), has = has_argument(option);

		*at++ = (struct option){option->name, has, NULL, value};
		if (option->alias)
			*at++ = (struct option){option->alias, has, NULL, value};
		if (!option->letter)
			continue;
		*letter++ = option->letter;
		for (int colons = 0; colons < has; colons++)
			*letter++ = ':';
	}
}

static void apply(struct parser *parser, const struct cli_option *option, const char *argument)
{
	struct diag diag;

	parser->options->given[option - cli_options] = true;
	if (option->leads && !parser->leads_to) /* the first such option counts */
		parser->leads_to = cli_leads_to(parser->options->commands, option);
	if (option->set)
		parser_note(parser, option->set(parser->options, option, argument, &diag), &diag);
}

static void refuse_option(struct parser *parser)
{
	const struct cli_option *option = optopt ? find_value(optopt) : NULL;
	struct diag diag;
	int err;

	if (option)
		err = diag_fail(&diag, -EINVAL, "--%s: expected no value", option->name);
	else if (optopt)
		err = cli_unknown_letter(optopt, &diag);
	else
		err = cli_unknown_option(parser->argv[optind - 1], &diag);
	parser_note(parser, err, &diag);
}

static void miss_argument(struct parser *parser)
{
	const struct cli_option *option = find_value(optopt);
	struct diag diag;

	parser_note(parser,
	            diag_fail(&diag, -EINVAL, "--%s: missing value: expected %s", option->name,
	                      option->argument),
	            &diag);
}

/*
 * Letters in one: -cant, -antc2, -c0.5n. An optional argument takes the digits that follow at once,
 * as netstat's users write it. getopt would take all letters.
 */
static void take_letters(struct parser *parser, const char *letters)
{
	while (*letters) {
		const struct cli_option *option = find_value((unsigned char)*letters++);
		size_t digits = 0;
		char *argument = NULL;
		struct diag diag;

		if (!option) {
			parser_note(parser, cli_unknown_letter((unsigned char)letters[-1], &diag),
			            &diag);
			continue;
		}
		if (option->optional)
			digits = strspn(letters, "0123456789.");
		if (digits)
			argument = strndup(letters, digits);
		if (digits && !argument)
			parser_note(parser, -ENOMEM, &(struct diag){"out of memory"});
		else
			apply(parser, option, argument);
		free(argument);
		letters += digits;
	}
}

/* The first word is the command, the others are its operands. */
static void take_word(struct parser *parser, const char *word)
{
	struct options *options = parser->options;
	struct diag diag;
	const struct command *command;

	if (parser->word_count++) {
		parser->words[parser->word_count - 2] = word;
		return;
	}
	command = *word == '-' ? NULL : cli_find_command(options->commands, word);
	if (command && command->grammar) /* --help may stand before it */
		parser_note(parser,
		            diag_fail(&diag, -EINVAL,
		                      "%s: expected it as the first word: its options follow it",
		                      word),
		            &diag);
	if (command)
		options->command = command;
	else
		parser_note(parser, cli_unknown_command(options->commands, word, &diag), &diag);
}

/* diff's "-10m" is an operand; getopt would take it for letters. */
static bool is_operand(const struct parser *parser, const char *word)
{
	const struct command_operands *operands = &parser->options->command->operands;

	return word[0] == '-' && operands->is_operand && operands->is_operand(word);
}

/* As getopt_long(), but operands that begin with "-" are words. */
static int next_option(struct parser *parser, int argc, int *index)
{
	int at = optind, value;

	*index = -1;
	if (at && at < argc && at != parser->begun && is_operand(parser, parser->argv[at])) {
		optarg = parser->argv[optind++];
		return 1;
	}
	value = getopt_long(argc, parser->argv, parser->shorts, parser->longs, index);
	parser->begun = optind == at ? at : 0;
	return value;
}

void parser_read(struct parser *parser, int argc)
{
	int value, index;

	make_getopt(parser);
	optind = 0; /* glibc: restart */
	opterr = 0;
	while ((value = next_option(parser, argc, &index)) != -1) {
		if (value == '?')
			refuse_option(parser);
		else if (value == ':')
			miss_argument(parser);
		else if (value == 1)
			take_word(parser, optarg);
		else if (index < 0 && optarg && find_value(value)->optional)
			take_letters(parser, optarg - 1); /* they touch: -cant */
		else
			apply(parser, find_value(value), optarg);
	}
	while (optind < argc) /* behind "--" */
		take_word(parser, parser->argv[optind++]);
}
