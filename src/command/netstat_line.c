/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads netstat's command line by the table of options, as getopt_long(3) does for net-tools: letters may be
 * joined, long names may be cut where they stay unambiguous, and options may stand behind operands. The
 * names of netstat have precedence over those of tcptrail: "--st" is --statistics and not --state.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/parse.h"
#include "command/netstat.h"

struct line {
	struct netstat_reader *reader;
	struct diag *diag;
	int argc, at;
	char **argv;
};

int netstat_refuse(struct netstat *netstat, int code, bool usage, const char *format, ...)
{
	va_list args;

	if (netstat->code)
		return -EINVAL;
	netstat->code = code;
	netstat->usage = usage;
	va_start(args, format);
	vsnprintf(netstat->reason.text, sizeof(netstat->reason.text), format, args);
	va_end(args);
	return -EINVAL;
}

/* Has it an argument, and may it be left out? */
static void describe(const struct netstat_option *option, struct cli_described *described)
{
	*described = (struct cli_described){option->argument, NULL, option->optional};
	if (option->group == NETSTAT_OURS && !option->argument)
		cli_describe(option->name, described);
}

/* What a setter refuses has a message of its own: the option, the fault, what is expected. */
static int apply(struct line *line, const struct netstat_option *option, const char *argument)
{
	struct diag diag = {""};
	int err = option->set(line->reader, option, argument, &diag);

	if (err == -EINVAL && diag.text[0])
		return netstat_refuse(line->reader->netstat, NETSTAT_USAGE, false,
		                      "netstat: %.900s", diag.text);
	return err == -EINVAL || !err ? err : diag_fail(line->diag, err, "%s", diag.text);
}

/* --- letters ---------------------------------------------------------------------------------- */

static const struct netstat_option *find_letter(char letter)
{
	for (size_t i = 0; i < netstat_options_count; i++)
		if (netstat_options[i].letter == letter)
			return &netstat_options[i];
	return NULL;
}

/* "-c0.5n": an optional argument is the digits that follow at once. Moves *letters behind them. */
static int apply_optional(struct line *line, const struct netstat_option *option,
                          const char **letters)
{
	size_t digits = strspn(*letters, "0123456789.");
	char *argument = digits ? strndup(*letters, digits) : NULL;
	int err;

	if (digits && !argument)
		return diag_fail(line->diag, -ENOMEM, "out of memory");
	*letters += digits;
	err = apply(line, option, argument);
	free(argument);
	return err;
}

/* The rest of the word, or the next word. */
static int apply_argument(struct line *line, const struct netstat_option *option,
                          const char **letters)
{
	const char *argument = **letters ? *letters : NULL;

	*letters += strlen(*letters);
	if (!argument && line->at < line->argc)
		argument = line->argv[line->at++];
	if (!argument)
		return netstat_refuse(line->reader->netstat, NETSTAT_USAGE, true,
		                      "netstat: option requires an argument -- '%c'",
		                      option->letter);
	return apply(line, option, argument);
}

static int read_letters(struct line *line, const char *letters)
{
	int err = 0;

	while (*letters && !err) {
		const struct netstat_option *option = find_letter(*letters++);

		if (!option)
			err = netstat_refuse(line->reader->netstat, NETSTAT_USAGE,
			                     letters[-1] != '?', "netstat: invalid option -- '%c'",
			                     letters[-1]);
		else if (!option->argument)
			err = apply(line, option, NULL);
		else if (option->optional)
			err = apply_optional(line, option, &letters);
		else
			err = apply_argument(line, option, &letters);
	}
	return err;
}

/* --- long names ------------------------------------------------------------------------------- */

/* Finds the options that the name begins, of netstat or of tcptrail. *first: the first one. */
static size_t find_prefix(const char *name, size_t size, bool ours,
                          const struct netstat_option **first)
{
	size_t count = 0;

	for (size_t i = 0; i < netstat_options_count; i++) {
		const struct netstat_option *option = &netstat_options[i];

		if (!option->name || (option->group == NETSTAT_OURS) != ours ||
		    strncmp(option->name, name, size) != 0)
			continue;
		if (!option->name[size]) {
			*first = option;
			return 1;
		}
		if (!count++)
			*first = option;
	}
	return count;
}

static int refuse_ambiguous(struct line *line, const char *typed, size_t size, bool ours)
{
	struct buffer names = {0};

	for (size_t i = 0; i < netstat_options_count; i++)
		if (netstat_options[i].name && (netstat_options[i].group == NETSTAT_OURS) == ours &&
		    !strncmp(netstat_options[i].name, typed + 2, size))
			buffer_print(&names, " '--%s'", netstat_options[i].name);
	netstat_refuse(line->reader->netstat, NETSTAT_USAGE, true,
	               "netstat: option '%.80s' is ambiguous; possibilities:%.*s", typed,
	               names.failed ? 0 : (int)names.size, names.data);
	buffer_free(&names);
	return -EINVAL;
}

/* The option, or NULL with a refusal. */
static const struct netstat_option *find_long(struct line *line, const char *typed, size_t size)
{
	const struct netstat_option *option = NULL;
	bool ours = false;
	size_t count = find_prefix(typed + 2, size, ours, &option);

	/* A whole name of tcptrail's is no prefix of netstat's. */
	if (!count || (count > 1 && option->name[size])) {
		const struct netstat_option *own = NULL;
		size_t more = find_prefix(typed + 2, size, true, &own);

		if (more && (!count || !own->name[size])) {
			option = own;
			count = more;
			ours = true;
		}
	}
	if (count == 1)
		return option;
	if (!count)
		netstat_refuse(line->reader->netstat, NETSTAT_USAGE, true,
		               "netstat: unrecognized option '%.80s'", typed);
	else
		refuse_ambiguous(line, typed, size, ours);
	return NULL;
}

static int read_long(struct line *line, const char *typed)
{
	size_t size = strcspn(typed + 2, "=");
	const char *argument = typed[2 + size] ? typed + 2 + size + 1 : NULL;
	const struct netstat_option *option = find_long(line, typed, size);
	struct cli_described described;

	if (!option)
		return -EINVAL;
	describe(option, &described);
	if (!described.argument && argument)
		return netstat_refuse(line->reader->netstat, NETSTAT_USAGE, true,
		                      "netstat: option '--%s' doesn't allow an argument",
		                      option->name);
	if (described.argument && !described.optional && !argument) {
		if (line->at == line->argc)
			return netstat_refuse(line->reader->netstat, NETSTAT_USAGE, true,
			                      "netstat: option '--%s' requires an argument",
			                      option->name);
		argument = line->argv[line->at++];
	}
	return apply(line, option, argument);
}

/* --- the line --------------------------------------------------------------------------------- */

/* A number is the delay, as of -c. netstat ignores other operands. */
static int read_operand(struct line *line, const char *word)
{
	uint64_t interval;

	if (parse_duration(word, &interval) || !interval)
		return 0;
	return apply(line, find_letter('c'), word);
}

/* Like netstat, it stops at the first fault. */
int netstat_read_line(struct netstat_reader *reader, int argc, char **argv, struct diag *diag)
{
	struct line line = {.reader = reader, .diag = diag, .argc = argc, .at = 1, .argv = argv};
	bool options = true;
	int err = 0;

	while (line.at < argc && !err) {
		const char *word = argv[line.at++];

		if (options && !strcmp(word, "--"))
			options = false;
		else if (options && word[0] == '-' && word[1] == '-')
			err = read_long(&line, word);
		else if (options && word[0] == '-' && word[1])
			err = read_letters(&line, word + 1);
		else
			err = read_operand(&line, word);
	}
	return err == -EINVAL && reader->netstat->code ? 0 : err;
}
