/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands and options there are: one const row each, which parsing, help
 * and error messages are made from. Only the cli files include this.
 */
#ifndef TCPTRAIL_CLI_CLI_TABLE_H
#define TCPTRAIL_CLI_CLI_TABLE_H

#include "cli/cli.h"

#define COMMAND_BIT(command) (1U << (command))

struct cli_command {
	const char *word;    /* as typed; NULL: it has none */
	const char *name;    /* in messages */
	const char *usage;   /* behind "tcptrail"; NULL: an option leads there */
	const char *summary; /* one line of help */
	struct {
		const char *line, *what;
	} examples[3];
};

extern const struct cli_command cli_commands[COMMAND_COUNT];

enum cli_group { GROUP_NETSTAT, GROUP_FILTER, GROUP_OUTPUT, GROUP_OTHER, GROUP_COUNT };

extern const char *const cli_groups[GROUP_COUNT]; /* headings of help */

struct cli_option {
	char letter;          /* 0: none */
	const char *name;     /* long one */
	const char *alias;    /* another long one, not in help; NULL: none */
	const char *argument; /* its name; NULL: takes none */
	bool optional;        /* the argument may be left out */
	enum cli_group group;
	uint32_t commands;    /* COMMAND_BIT set of those it goes with */
	enum command becomes; /* the command it stands for; 0: none */
	/* 0 or -errno with diag set; argument NULL: none given. NULL: nothing to store */
	int (*set)(struct options *options, const struct cli_option *option, const char *argument,
	           struct diag *diag);
	size_t member; /* offset in struct options of what `set` stores */
	const char *help;
};

#define CLI_OPTIONS_MOST 64 /* a set of them fits into 64 bits */

extern const struct cli_option cli_options[];
extern const size_t cli_options_count;

/* What netstat has and tcptrail has not: other modes and families. */
struct cli_foreign {
	char letter; /* 0: none */
	const char *name;
};

extern const struct cli_foreign cli_foreign[];
extern const size_t cli_foreign_count;

/* "no command, snapshot": those that the option goes with. Returns buf. */
const char *cli_commands_of(const struct cli_option *option, char *buf, size_t size);

/* Has each option of those used an effect? 0, or -EINVAL with diag. */
int cli_check_effects(const struct options *options, uint64_t used, struct diag *diag);

/* Do the options fit the command, each other and the columns? used: bit per row of cli_options. */
int cli_check(const struct options *options, uint64_t used, struct diag *diag);

#endif
