/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Help, made from the rows of cli_table.c and the field registries:
 *
 *   -c, --continuous[=SECONDS]  every second; -c5: every 5 s
 *       --state STATE,...       netstat's or ss's names, or ss's groups
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli_table.h"
#include "field/field.h"
#include "rules/rule.h"

#define WIDTH  80
#define INDENT 30 /* column where the text begins */

/* Words of text from column INDENT on; the cursor is at column `at`. */
static void print_wrapped(FILE *out, int at, int indent, const char *text)
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

/* Where all commands are shown together, what is not for all says so. */
static const char *limits_of(const struct cli_option *option, char *buf, size_t size)
{
	static const enum command others[] = {COMMAND_EVENTS, COMMAND_TRAIL, COMMAND_WHY};
	char list[100];
	size_t used = 0;

	buf[0] = '\0';
	if (option->becomes)
		return buf;
	if (!(option->commands & COMMAND_BIT(COMMAND_WATCH))) {
		snprintf(buf, size, " (%s only)", cli_commands_of(option, list, sizeof(list)));
		return buf;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) && used < size; i++) {
		const char *name = cli_commands[others[i]].name;

		if (!(option->commands & COMMAND_BIT(others[i])))
			used += (size_t)snprintf(buf + used, size - used, "%s%s",
			                         used ? ", " : " (not ", name);
	}
	if (used && used < size)
		snprintf(buf + used, size - used, ")");
	return buf;
}

static void print_option(FILE *out, enum command command, const struct cli_option *option)
{
	char text[280], note[120];
	int at;

	at = option->letter ? fprintf(out, "  -%c, --%s", option->letter, option->name)
	                    : fprintf(out, "      --%s", option->name);
	if (option->argument)
		at += fprintf(out, option->optional ? "[=%s]" : " %s", option->argument);
	snprintf(text, sizeof(text), "%s%s", option->help,
	         command == COMMAND_WATCH ? limits_of(option, note, sizeof(note)) : "");
	print_wrapped(out, at, INDENT, text);
}

/* The help of "no command" is about all of them. */
static bool belongs(const struct cli_option *option, enum command command)
{
	return command == COMMAND_WATCH || option->commands & COMMAND_BIT(command);
}

static void print_usage(FILE *out, enum command command)
{
	const char *before = "Usage:";

	for (int c = 0; c < COMMAND_COUNT; c++) {
		int at;

		if (!cli_commands[c].usage || (command != COMMAND_WATCH && c != (int)command))
			continue;
		at = fprintf(out, "%-6s tcptrail %s", before, cli_commands[c].usage);
		print_wrapped(out, at, 46, cli_commands[c].summary);
		before = "";
	}
}

static void print_group(FILE *out, enum command command, enum cli_group group)
{
	bool any = false;

	for (size_t i = 0; i < cli_options_count; i++) {
		if (cli_options[i].group != group || !belongs(&cli_options[i], command))
			continue;
		if (!any)
			fprintf(out, "\n%s:\n", cli_groups[group]);
		any = true;
		print_option(out, command, &cli_options[i]);
	}
}

static void print_rules(FILE *out)
{
	fputs("\nFindings, by the rule that they name:\n", out);
	for (size_t i = 0; i < rules_count; i++)
		print_wrapped(out, fprintf(out, "  %s", rules[i]->id), INDENT + 2, rules[i]->about);
}

void cli_help(FILE *out, enum command command)
{
	const struct cli_command *about;

	if (!cli_commands[command].usage)
		command = COMMAND_WATCH;
	about = &cli_commands[command];
	print_usage(out, command);
	for (int group = 0; group < GROUP_COUNT; group++)
		print_group(out, command, (enum cli_group)group);
	if (command == COMMAND_WHY)
		print_rules(out);
	fputs("\nExamples:\n", out);
	for (size_t i = 0; i < 3; i++)
		fprintf(out, "  %s\n      %s\n", about->examples[i].line, about->examples[i].what);
	fputs("\nExit status: 0 fine, 1 no such socket (trail) or --fail-if is met, 2 wrong\n"
	      "usage, 3 cannot run here, 4 facts were lost.\n",
	      out);
}

void cli_help_columns(FILE *out, enum command command)
{
	bool events = command == COMMAND_EVENTS;
	const struct field *fields = events ? change_fields : row_fields;
	size_t count = events ? change_fields_count : row_fields_count;

	for (size_t i = 0; i < count; i++)
		print_wrapped(
			out, fprintf(out, "%-19s %s", fields[i].word->key, fields[i].word->heading),
			40, fields[i].word->help);
}
