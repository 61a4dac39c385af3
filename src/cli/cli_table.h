/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The options: one const row each. Parsing, help and error messages are made from the rows. Only
 * the cli files include this.
 */
#ifndef TCPTRAIL_CLI_CLI_TABLE_H
#define TCPTRAIL_CLI_CLI_TABLE_H

#include "cli/cli.h"

enum cli_group { GROUP_NETSTAT, GROUP_FILTER, GROUP_OUTPUT, GROUP_OTHER, GROUP_COUNT };

extern const char *const cli_groups[GROUP_COUNT]; /* headings of help */

struct cli_option {
	char letter;          /* 0: none */
	const char *name;     /* long one */
	const char *alias;    /* another long one, not in help; NULL: none */
	const char *argument; /* its name; NULL: takes none */
	bool optional;        /* the argument may be left out */
	enum cli_group group;
	bool leads; /* a command's word is "--NAME": the option leads to it, and all take it */
	/* 0 or -errno with diag; argument NULL: none given. NULL: nothing to store */
	int (*set)(struct options *options, const struct cli_option *option, const char *argument,
	           struct diag *diag);
	size_t member; /* offset in struct options of what `set` stores */
	const char *help;
};

extern const struct cli_option cli_options[];
extern const size_t cli_options_count;

/* Names of the formats; the option of a format has the same name. */
extern const char *const cli_formats[OUTPUT_COUNT];

/* Options of netstat that only the command netstat has: other modes and families. */
struct cli_foreign {
	char letter; /* 0: none */
	const char *name;
};

extern const struct cli_foreign cli_foreign[];
extern const size_t cli_foreign_count;

/* The option with this long name, which must exist. */
const struct cli_option *cli_option(const char *name);

/* Setters of cli_options. */
typedef int cli_set_fn(struct options *options, const struct cli_option *option,
                       const char *argument, struct diag *diag);
cli_set_fn cli_set_flag, cli_set_numeric, cli_set_continuous, cli_set_filter, cli_set_format,
	cli_set_columns, cli_set_string, cli_set_limit, cli_set_duration, cli_set_size,
	cli_set_ring, cli_set_max_sockets, cli_set_when, cli_set_fail_if, cli_set_color;

/* The command that an option leads to. */
const struct command *cli_leads_to(const struct command *const commands[],
                                   const struct cli_option *option);
bool cli_takes(const struct command *command, const struct cli_option *option);
/* "snapshot, why, or without a command": where the option is taken. Returns buf. */
const char *cli_takers(const struct command *const commands[], const struct cli_option *option,
                       char *buf, size_t size);
/* The command's own words about an option, or NULL. */
const char *cli_words(const struct command_option *list, const char *name);

/* cli_unknown.c: names what was meant. All return -EINVAL with diag. */
int cli_unknown_letter(int letter, struct diag *diag);
int cli_unknown_option(const char *typed, struct diag *diag); /* "--name" or "--name=value" */
int cli_unknown_command(const struct command *const commands[], const char *word,
                        struct diag *diag);

/* Does each option that was given have an effect? 0, or -EINVAL with diag. */
int cli_check_effects(const struct options *options, struct diag *diag);
/* Does the command take each option that was given? 0, or -EINVAL with diag. */
int cli_check_taken(const struct options *options, struct diag *diag);

#endif
