/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options that a command takes, and that would change nothing beside the others: who types one
 * expects it to, so it is refused.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "cli/cli_table.h"

static bool is_facts(const struct options *options)
{
	return options->format == OUTPUT_FACTS;
}

/* "help" is about them all. */
static bool prints_whole_facts(const struct options *options)
{
	return is_facts(options) && options->columns && strcmp(options->columns, "help") != 0;
}

static bool is_json(const struct options *options)
{
	return options->format == OUTPUT_JSON;
}

static bool is_recorded(const struct options *options)
{
	return options->from;
}

/* One look, and nothing that comes later. */
static bool is_one_look(const struct options *options)
{
	if (options->from)
		return false;
	return (options->command == COMMAND_SNAPSHOT && !options->continuous) ||
	       (options->command == COMMAND_TRAIL && !options->follow);
}

static bool is_list_of_recording(const struct options *options)
{
	return options->from && options->command == COMMAND_SNAPSHOT;
}

static bool has_span(const struct options *options)
{
	return options->since.kind || (options->until.kind && options->command == COMMAND_WHY);
}

static bool shows_no_probes(const struct options *options)
{
	return options->from &&
	       (options->command == COMMAND_EVENTS || options->command == COMMAND_TRAIL);
}

static const struct {
	const char *option;
	bool (*idle)(const struct options *options);
	const char *why;
} idle_options[] = {
	{"columns", prints_whole_facts, "--facts prints whole facts"},
	{"no-header", is_facts, "--facts prints no headings"},
	{"no-header", is_json, "--json prints no headings"},
	{"numeric", is_facts, "--facts prints numbers"},
	{"numeric-hosts", is_facts, "--facts prints numbers"},
	{"numeric-ports", is_facts, "--facts prints numbers"},
	{"wide", is_facts, "--facts cuts no address"},
	{"utc", is_facts, "--facts prints no time of day"},
	{"color", is_facts, "--facts prints no colours"},
	{"ring", is_recorded, "a recording comes through no kernel"},
	{"ring", is_one_look, "one look takes no events; accepted with -c or -f"},
	{"continuous", is_recorded, "a recording does not change"},
	{"since", is_list_of_recording,
         "a list is of one instant; accepted is --at, or diff for two of them"},
	{"for", has_span, "--since and --until say how long"},
	{"verbose", shows_no_probes, "a recording has no probes"},
};

static bool is_used(const char *name, uint64_t used)
{
	for (size_t i = 0; i < cli_options_count; i++)
		if (used & 1ULL << i && !strcmp(cli_options[i].name, name))
			return true;
	return false;
}

/* The facts of all sockets go together; a reader of them filters. */
static int check_filters(const struct options *options, uint64_t used, struct diag *diag)
{
	for (size_t i = 0; is_facts(options) && i < cli_options_count; i++) {
		const struct cli_option *option = &cli_options[i];
		bool family = option->member == offsetof(struct options, query.v4) ||
		              option->member == offsetof(struct options, query.v6);

		if (used & 1ULL << i &&
		    (option->group == GROUP_FILTER || (family && option->letter)))
			return diag_fail(diag, -EINVAL,
			                 "--%s: --facts prints those of all sockets; accepted with "
			                 "--from, of what it has printed",
			                 option->name);
	}
	return 0;
}

int cli_check_effects(const struct options *options, uint64_t used, struct diag *diag)
{
	for (size_t i = 0; i < sizeof(idle_options) / sizeof(idle_options[0]); i++)
		if (is_used(idle_options[i].option, used) && idle_options[i].idle(options))
			return diag_fail(diag, -EINVAL, "--%s has no effect here: %s",
			                 idle_options[i].option, idle_options[i].why);
	return check_filters(options, used, diag);
}
