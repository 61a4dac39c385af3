/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be checked only when the whole command line is read. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_table.h"
#include "field/columns.h"

static int refuse_option(const struct options *options, const struct cli_option *option,
                         struct diag *diag)
{
	const char *why = cli_words(options->command->lacks, option->name);
	const char *name = command_name(options->command);
	char list[256];

	if (why)
		return diag_fail(diag, -EINVAL, "%s takes no --%s: %s", name, option->name, why);
	if (!options->command->word)
		return diag_fail(diag, -EINVAL, "--%s needs a command: use it with %s",
		                 option->name,
		                 cli_takers(options->commands, option, list, sizeof(list)));
	return diag_fail(diag, -EINVAL, "%s takes no --%s: use it with %s", name, option->name,
	                 cli_takers(options->commands, option, list, sizeof(list)));
}

int cli_check_taken(const struct options *options, struct diag *diag)
{
	for (size_t i = 0; i < cli_options_count; i++)
		if (options->given[i] && !cli_takes(options->command, &cli_options[i]))
			return refuse_option(options, &cli_options[i], diag);
	return 0;
}

static int check_keys(const struct options *options, const char *option, const char *typed,
                      struct diag *diag)
{
	struct command_columns columns = command_columns(options->command, options);
	const struct field **chosen;
	struct diag why;
	size_t count;
	int err;

	err = columns_select(columns.fields, columns.count, NULL, typed, &chosen, &count, &why);
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
	return check_keys(options, "columns", options->columns, diag);
}

static int check_sort(const struct options *options, struct diag *diag)
{
	const char *key;

	if (!options->sort)
		return 0;
	key = options->sort + (options->sort[0] == '-');
	if (key[0] == '+' || strchr(key, ','))
		return diag_fail(diag, -EINVAL, "--sort: invalid key \"%.80s\": expected one key",
		                 options->sort);
	return check_keys(options, "sort", key, diag);
}

/* Times are of a recording. */
static int check_moments(const struct options *options, struct diag *diag)
{
	const char *name = options->at.kind      ? "at"
	                   : options->since.kind ? "since"
	                   : options->until.kind ? "until"
	                                         : NULL;

	if (options->command->sources == SOURCE_RECORDING && !options->from)
		return diag_fail(diag, -EINVAL, "%s: missing --from: expected a recording",
		                 command_name(options->command));
	if (name && !options->from)
		return diag_fail(diag, -EINVAL,
		                 "--%s: missing --from: only a recording knows the past", name);
	if (options->at.kind && (options->since.kind || options->until.kind))
		return diag_fail(diag, -EINVAL,
		                 "--at and --%s exclude each other: expected --at, or --since and "
		                 "--until",
		                 options->since.kind ? "since" : "until");
	return 0;
}

static int check_btf(const struct options *options, struct diag *diag)
{
	if (!options->btf || !options->from)
		return 0;
	return diag_fail(diag, -EINVAL,
	                 "--btf and --from exclude each other: a recording needs no kernel");
}

int cli_check(const struct options *options, struct diag *diag)
{
	int err = check_columns(options, diag);

	if (!err)
		err = check_sort(options, diag);
	if (!err)
		err = check_moments(options, diag);
	if (!err)
		err = check_btf(options, diag);
	if (!err)
		err = cli_check_effects(options, diag);
	return err;
}
