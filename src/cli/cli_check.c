/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be checked only when the whole command line is read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_table.h"
#include "field/columns.h"

const char *cli_commands_of(const struct cli_option *option, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (int c = 0; c < COMMAND_COUNT && used < size; c++) {
		if (option->commands & COMMAND_BIT(c))
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? ", " : "",
			                         cli_commands[c].name);
	}
	return buf;
}

static int check_command(enum command command, uint64_t used, struct diag *diag)
{
	char list[100];

	for (size_t i = 0; i < cli_options_count; i++) {
		if (used & 1ULL << i && !(cli_options[i].commands & COMMAND_BIT(command)))
			return diag_fail(diag, -EINVAL, "--%s cannot go with %s, but with %s",
			                 cli_options[i].name, cli_commands[command].name,
			                 cli_commands_of(&cli_options[i], list, sizeof(list)));
	}
	return 0;
}

static int check_keys(const char *option, enum command command, const char *typed,
                      struct diag *diag)
{
	bool events = command == COMMAND_EVENTS;
	const struct field **chosen;
	struct diag why;
	size_t count;
	int err;

	err = columns_select(events ? change_fields : row_fields,
	                     events ? change_fields_count : row_fields_count, NULL, typed, &chosen,
	                     &count, &why);
	if (err)
		return diag_fail(diag, err, "--%s: %.*s", option, (int)sizeof(why.text) - 16,
		                 why.text);
	free(chosen);
	return 0;
}

static int check_columns(const struct options *options, struct diag *diag)
{
	if (!options->columns || !strcmp(options->columns, "help"))
		return 0;
	return check_keys("columns", options->command, options->columns, diag);
}

static int check_sort(const struct options *options, struct diag *diag)
{
	const char *key;

	if (!options->sort)
		return 0;
	key = options->sort + (options->sort[0] == '-');
	if (key[0] == '+' || strchr(key, ','))
		return diag_fail(diag, -EINVAL, "--sort: \"%.80s\" is not accepted; one key is",
		                 options->sort);
	return check_keys("sort", options->command, key, diag);
}

/* A snapshot alone looks at what is, not at who makes it so. */
static int check_stacks(const struct options *options, struct diag *diag)
{
	if (!options->stacks || options->command != COMMAND_SNAPSHOT || options->continuous ||
	    options->from)
		return 0;
	return diag_fail(diag, -EINVAL,
	                 "--stacks: one snapshot sees nobody connect or accept; accepted with -c, "
	                 "--from, events or no command");
}

/* Would the threshold be fine for no other reason than that nothing can meet it? */
static int check_threshold(const struct options *options, const struct threshold *threshold,
                           struct diag *diag)
{
	if (options->query.states && !(options->query.states & threshold_states(threshold)))
		return diag_fail(diag, -EINVAL,
		                 "--fail-if: \"%.80s\" counts what is left out; accepted is a "
		                 "state of those asked for",
		                 threshold->text);
	if (threshold->has_growth && options->command == COMMAND_SNAPSHOT)
		return diag_fail(diag, -EINVAL,
		                 "--fail-if: \"%.80s\": a snapshot sees nothing grow; accepted "
		                 "with why",
		                 threshold->text);
	if (threshold->has_growth && !options->watch && !options->from)
		return diag_fail(diag, -EINVAL,
		                 "--fail-if: \"%.80s\": nothing grows in no time; accepted with "
		                 "a --for of more than 0",
		                 threshold->text);
	return 0;
}

static int check_fail_if(const struct options *options, struct diag *diag)
{
	int err = 0;

	if (!options->fail_if_count)
		return 0;
	if (options->continuous || options->format == OUTPUT_CSV || options->columns ||
	    options->sort || options->limit)
		return diag_fail(diag, -EINVAL,
		                 "--fail-if: one line is printed in place of the list; accepted "
		                 "without DELAY, -c, --csv, --columns, --sort and --limit");
	for (size_t i = 0; i < options->fail_if_count && !err; i++)
		err = check_threshold(options, &options->fail_ifs[i], diag);
	return err;
}

/* Instants of a recording need one. */
static int check_moments(const struct options *options, struct diag *diag)
{
	const char *name = options->at.kind      ? "--at"
	                   : options->since.kind ? "--since"
	                   : options->until.kind ? "--until"
	                                         : NULL;

	if (options->command == COMMAND_DIFF && !options->from)
		return diag_fail(diag, -EINVAL,
		                 "diff: of which recording? Accepted with --from FILE|DIR");
	if (name && !options->from)
		return diag_fail(diag, -EINVAL,
		                 "%s goes with --from: only a recording knows what was", name);
	if (options->at.kind && (options->since.kind || options->until.kind))
		return diag_fail(diag, -EINVAL,
		                 "--at and --%s cannot go together; accepted is one instant, or a "
		                 "span by --since and --until",
		                 options->since.kind ? "since" : "until");
	return 0;
}

static int check_btf(const struct options *options, struct diag *diag)
{
	if (!options->btf || !options->from)
		return 0;
	return diag_fail(diag, -EINVAL,
	                 "--btf and --from cannot go together; accepted with the live kernel");
}

static int check_record(const struct options *options, uint64_t used, struct diag *diag)
{
	for (size_t i = 0; options->command == COMMAND_RECORD && i < cli_options_count; i++) {
		const char *name = cli_options[i].name;
		bool nothing = (!strcmp(name, "for") && !options->watch) ||
		               (!strcmp(name, "max-age") && !options->max_age);

		if (used & 1ULL << i && nothing)
			return diag_fail(diag, -EINVAL,
			                 "--%s: nothing would be kept; more than 0 is accepted",
			                 name);
	}
	return 0;
}

int cli_check(const struct options *options, uint64_t used, struct diag *diag)
{
	int err = check_command(options->command, used, diag);

	if (!err)
		err = check_columns(options, diag);
	if (!err)
		err = check_sort(options, diag);
	if (!err)
		err = check_stacks(options, diag);
	if (!err)
		err = check_fail_if(options, diag);
	if (!err)
		err = check_moments(options, diag);
	if (!err)
		err = check_btf(options, diag);
	if (!err)
		err = check_record(options, used, diag);
	if (!err)
		err = cli_check_effects(options, used, diag);
	return err;
}
