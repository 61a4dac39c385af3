/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options that a command takes, but that change nothing beside the others. The user expects an
 * effect, so they are refused.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "cli/cli_table.h"

static bool is_facts(const struct options *options)
{
	return options->format == OUTPUT_FACTS;
}

/* "help" lists the columns whatever the format is. */
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

static bool traces_nothing(const struct options *options)
{
	struct needs needs;

	command_needs(options->command, options, &needs);
	return !options->from && !needs.trace;
}

static bool is_instant(const struct options *options)
{
	struct needs needs;

	command_needs(options->command, options, &needs);
	return options->from && needs.instant;
}

static bool has_span(const struct options *options)
{
	return options->since.kind || options->until.kind;
}

static const struct {
	const char *option;
	bool (*is_idle)(const struct options *options);
	const char *why;
} idle_options[] = {
	{"columns", prints_whole_facts, "--facts prints whole facts"},
	{"no-header", is_facts, "--facts prints no headings"},
	{"no-header", is_json, "--json prints no headings"},
	{"numeric", is_facts, "--facts prints numbers"},
	{"numeric-hosts", is_facts, "--facts prints numbers"},
	{"numeric-ports", is_facts, "--facts prints numbers"},
	{"wide", is_facts, "--facts prints whole addresses"},
	{"utc", is_facts, "--facts prints no time of day"},
	{"color", is_facts, "--facts prints no colours"},
	{"ring", is_recorded, "a recording does not pass through the kernel"},
	{"ring", traces_nothing, "it takes no events without -c or -f"},
	{"continuous", is_recorded, "a recording does not change"},
	{"since", is_instant, "a list shows one instant; use --at, or diff for two instants"},
	{"for", has_span, "--since and --until set the time"},
};

/* The facts of all sockets belong together; who reads them later can filter. */
static int check_filters(const struct options *options, struct diag *diag)
{
	for (size_t i = 0; is_facts(options) && i < cli_options_count; i++) {
		const struct cli_option *option = &cli_options[i];
		bool family = option->member == offsetof(struct options, query.v4) ||
		              option->member == offsetof(struct options, query.v6);

		if (options->given[i] &&
		    (option->group == GROUP_FILTER || (family && option->letter)))
			return diag_fail(diag, -EINVAL,
			                 "--%s: --facts prints the facts of all sockets; filter "
			                 "when you read them with --from",
			                 option->name);
	}
	return 0;
}

int cli_check_effects(const struct options *options, struct diag *diag)
{
	for (size_t i = 0; i < sizeof(idle_options) / sizeof(idle_options[0]); i++)
		if (options_given(options, idle_options[i].option) &&
		    idle_options[i].is_idle(options))
			return cli_no_effect(idle_options[i].option, idle_options[i].why, diag);
	return check_filters(options, diag);
}
