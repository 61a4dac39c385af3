/* SPDX-License-Identifier: BSD-2-Clause */
/* Stores what an option was given. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/parse.h"
#include "cli/cli_table.h"

/* ns; times are signed, and durations are added to and subtracted from them. */
#define DURATION_MOST (50000ULL * 24 * 3600 * NS_PER_SEC)
#define SIZE_LEAST    (1024 * 1024) /* of a recorder's directory, bytes */
#define RING_LEAST    4096          /* a page, where pages are smallest */
#define RING_MOST     (1U << 30)
#define SOCKETS_MOST  100000000U

int cli_set_flag(struct options *options, const struct cli_option *option, const char *argument,
                 struct diag *diag)
{
	(void)argument;
	(void)diag;
	*(bool *)((char *)options + option->member) = true;
	return 0;
}

int cli_set_numeric(struct options *options, const struct cli_option *option, const char *argument,
                    struct diag *diag)
{
	(void)option;
	(void)argument;
	(void)diag;
	options->numeric_hosts = options->numeric_ports = options->numeric_users = true;
	return 0;
}

int cli_set_continuous(struct options *options, const struct cli_option *option,
                       const char *argument, struct diag *diag)
{
	uint64_t interval = 0;

	if (argument && (parse_duration(argument, &interval) || !interval))
		return diag_fail(diag, -EINVAL,
		                 "--%s: invalid interval \"%.80s\": expected seconds above 0",
		                 option->name, argument);
	options->continuous = true;
	options->interval = interval;
	return 0;
}

int cli_set_filter(struct options *options, const struct cli_option *option, const char *argument,
                   struct diag *diag)
{
	return query_add(&options->query, option->name, argument, diag);
}

/* The option's name is the format's. */
int cli_set_format(struct options *options, const struct cli_option *option, const char *argument,
                   struct diag *diag)
{
	enum output_format format = OUTPUT_TEXT;

	(void)argument;
	while (strcmp(cli_formats[format], option->name))
		format++;
	if (options->format != OUTPUT_TEXT && options->format != format)
		return diag_fail(diag, -EINVAL,
		                 "--%s and --%s exclude each other: expected one format",
		                 cli_formats[options->format], option->name);
	options->format = format;
	return 0;
}

/* Checked when the command is known. */
int cli_set_columns(struct options *options, const struct cli_option *option, const char *argument,
                    struct diag *diag)
{
	char *copy = strdup(argument);

	(void)option;
	if (!copy)
		return diag_fail(diag, -ENOMEM, "out of memory");
	free(options->columns);
	options->columns = copy;
	return 0;
}

int cli_set_string(struct options *options, const struct cli_option *option, const char *argument,
                   struct diag *diag)
{
	if (!*argument)
		return diag_fail(diag, -EINVAL, "--%s: missing value: expected %s", option->name,
		                 option->argument);
	*(const char **)((char *)options + option->member) = argument;
	return 0;
}

int cli_set_limit(struct options *options, const struct cli_option *option, const char *argument,
                  struct diag *diag)
{
	if (parse_number(argument, 1, UINT64_MAX, &options->limit))
		return diag_fail(diag, -EINVAL,
		                 "--%s: invalid number \"%.80s\": expected 1 or more", option->name,
		                 argument);
	return 0;
}

int cli_set_duration(struct options *options, const struct cli_option *option, const char *argument,
                     struct diag *diag)
{
	uint64_t *ns = (uint64_t *)((char *)options + option->member);

	if (parse_duration(argument, ns) || *ns > DURATION_MOST)
		return diag_fail(diag, -EINVAL,
		                 "--%s: invalid duration \"%.80s\": expected a number and a unit "
		                 "(ms, s, m, h, "
		                 "d, w), at most 50000d",
		                 option->name, argument);
	return 0;
}

int cli_set_size(struct options *options, const struct cli_option *option, const char *argument,
                 struct diag *diag)
{
	uint64_t bytes;

	if (parse_size(argument, &bytes) || bytes < SIZE_LEAST)
		return diag_fail(diag, -EINVAL,
		                 "--%s: invalid size \"%.80s\": expected a number and a unit (K, "
		                 "M, G, T), at "
		                 "least 1M",
		                 option->name, argument);
	*(uint64_t *)((char *)options + option->member) = bytes;
	return 0;
}

int cli_set_ring(struct options *options, const struct cli_option *option, const char *argument,
                 struct diag *diag)
{
	uint64_t bytes;

	if (parse_size(argument, &bytes) || bytes < RING_LEAST || bytes > RING_MOST ||
	    bytes & (bytes - 1))
		return diag_fail(diag, -EINVAL,
		                 "--%s: invalid size \"%.80s\": expected a power of two, 4K to 1G",
		                 option->name, argument);
	options->ring_bytes = (uint32_t)bytes;
	return 0;
}

int cli_set_max_sockets(struct options *options, const struct cli_option *option,
                        const char *argument, struct diag *diag)
{
	uint64_t count;

	if (parse_number(argument, 1, SOCKETS_MOST, &count))
		return diag_fail(diag, -EINVAL, "--%s: invalid number \"%.80s\": expected 1 to %u",
		                 option->name, argument, SOCKETS_MOST);
	options->max_sockets = (uint32_t)count;
	return 0;
}

int cli_set_when(struct options *options, const struct cli_option *option, const char *argument,
                 struct diag *diag)
{
	if (when_parse(argument, (struct when *)((char *)options + option->member)))
		return diag_fail(diag, -EINVAL, "--%s: invalid time \"%.80s\": " WHEN_EXPECTED,
		                 option->name, argument);
	return 0;
}

int cli_set_fail_if(struct options *options, const struct cli_option *option, const char *argument,
                    struct diag *diag)
{
	struct threshold threshold, *grown;
	int err = threshold_parse(argument, &threshold, diag);

	(void)option;
	if (err)
		return err;
	grown = array_add(options->fail_ifs, options->fail_if_count, sizeof(*grown));
	if (!grown)
		return diag_fail(diag, -ENOMEM, "out of memory");
	options->fail_ifs = grown;
	grown[options->fail_if_count++] = threshold;
	return 0;
}

int cli_set_color(struct options *options, const struct cli_option *option, const char *argument,
                  struct diag *diag)
{
	if (!argument || !strcmp(argument, "always"))
		options->color = COLOR_ALWAYS;
	else if (!strcmp(argument, "never"))
		options->color = COLOR_NEVER;
	else if (!strcmp(argument, "auto"))
		options->color = COLOR_AUTO;
	else
		return diag_fail(diag, -EINVAL,
		                 "--%s: invalid value \"%.80s\": must be auto, always or never",
		                 option->name, argument);
	return 0;
}
