/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Help, made from the rows of cli_table.c and the field registries:
 *
 *   -c, --continuous[=SECONDS]  repeat every second; -c5: every 5 s
 *       --state STATE,...       state as netstat or ss spells it, or a group of ss
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli_table.h"
#include "field/field.h"

#define WIDTH  80
#define INDENT 30 /* column where the text of options begins */

void cli_print_wrapped(FILE *out, int at, int indent, const char *text)
{
	const char *gap = "";

	if (at >= indent) {
		fputc('\n', out);
		at = 0;
	}
	fprintf(out, "%*s", indent - at, "");
	at = indent;
	while (*text) {
		int size = (int)strcspn(text, " ");

		if (at + (int)strlen(gap) + size >= WIDTH) {
			fprintf(out, "\n%*s", indent, "");
			at = indent;
			gap = "";
		}
		at += fprintf(out, "%s%.*s", gap, size, text);
		gap = " ";
		text += size + (text[size] == ' ');
	}
	fputc('\n', out);
}

/* The help of "no command" is about all commands. */
static bool is_overview(const struct options *options)
{
	return !options->about->word;
}

/* Commands that show sockets, of the kernel and of recordings. */
static bool is_view(const struct command *command)
{
	return command->sources == (SOURCE_LIVE | SOURCE_RECORDING);
}

/* The overview says which commands take an option: "(events only)", "(not why)". */
static const char *limits_of(const struct options *options, const struct cli_option *option,
                             char *buf, size_t size)
{
	const struct command *const *at = options->commands;
	char list[256];
	size_t used = 0;

	buf[0] = '\0';
	if (option->leads)
		return buf;
	if (!cli_takes(options->about, option)) {
		snprintf(buf, size, " (%s only)",
		         cli_takers(options->commands, option, list, sizeof(list)));
		return buf;
	}
	for (; *at && used < size; at++)
		if (is_view(*at) && !cli_takes(*at, option))
			used += (size_t)snprintf(buf + used, size - used, "%s%s",
			                         used ? ", " : " (not ", command_name(*at));
	if (used && used < size)
		snprintf(buf + used, size - used, ")");
	return buf;
}

static void print_option(FILE *out, const struct options *options, const struct cli_option *option)
{
	const char *words = cli_words(options->about->helps, option->name);
	char text[400], limits[280];
	int at;

	at = option->letter ? fprintf(out, "  -%c, --%s", option->letter, option->name)
	                    : fprintf(out, "      --%s", option->name);
	if (option->argument)
		at += fprintf(out, option->optional ? "[=%s]" : " %s", option->argument);
	limits_of(options, option, limits, sizeof(limits));
	snprintf(text, sizeof(text), "%s%s", words ? words : option->help,
	         is_overview(options) ? limits : "");
	cli_print_wrapped(out, at, INDENT, text);
}

/* Options that lead to another command are of the overview, but for --help and --version. */
static bool belongs(const struct options *options, const struct cli_option *option)
{
	if (is_overview(options))
		return true;
	return option->leads ? cli_leads_to(options->commands, option)->ignores_errors
	                     : cli_takes(options->about, option);
}

static void print_usage(FILE *out, const struct options *options)
{
	const char *before = "Usage:";

	for (const struct command *const *at = options->commands; *at; at++) {
		int column;

		if (!(*at)->usage || (!is_overview(options) && *at != options->about))
			continue;
		column = fprintf(out, "%-6s tcptrail %s", before, (*at)->usage);
		cli_print_wrapped(out, column, 46, (*at)->summary);
		before = "";
	}
}

static void print_group(FILE *out, const struct options *options, enum cli_group group)
{
	bool any = false;

	for (size_t i = 0; i < cli_options_count; i++) {
		if (cli_options[i].group != group || !belongs(options, &cli_options[i]))
			continue;
		if (!any)
			fprintf(out, "\n%s:\n", cli_groups[group]);
		any = true;
		print_option(out, options, &cli_options[i]);
	}
}

static void print_examples(FILE *out, const struct command *command)
{
	fputs("\nExamples:\n", out);
	for (size_t i = 0; i < sizeof(command->examples) / sizeof(command->examples[0]) &&
	                   command->examples[i].line;
	     i++)
		fprintf(out, "  %s\n      %s\n", command->examples[i].line,
		        command->examples[i].what);
}

void cli_help(FILE *out, const struct options *options)
{
	struct options shown = *options;

	if (!shown.about->usage)
		shown.about = cli_find_command(options->commands, NULL);
	print_usage(out, &shown);
	for (int group = 0; group < GROUP_COUNT; group++)
		print_group(out, &shown, (enum cli_group)group);
	if (shown.about->more_help)
		shown.about->more_help(out);
	print_examples(out, shown.about);
	fputs(shown.about->exit_status ? shown.about->exit_status
	                               : "\nExit status: 0 OK; 1 the answer is bad (no such "
	                                 "socket, --fail-if is met); 2\n"
	                                 "usage error; 3 cannot run here; 4 facts or output were "
	                                 "lost; 5 stopped by an\n"
	                                 "error.\n",
	      out);
}

void cli_help_columns(FILE *out, const struct options *options)
{
	struct command_columns columns = command_columns(options->about, options);

	for (size_t i = 0; i < columns.count; i++)
		cli_print_wrapped(out,
		                  fprintf(out, "%-19s %s", columns.fields[i].word->key,
		                          columns.fields[i].word->heading),
		                  40, columns.fields[i].word->help);
}
