/* SPDX-License-Identifier: BSD-2-Clause */
/* What the readers of argv share. */
#ifndef TCPTRAIL_CLI_CLI_PRIVATE_H
#define TCPTRAIL_CLI_CLI_PRIVATE_H

#include <getopt.h>

#include "cli/cli_table.h"

struct parser {
	char **argv;
	struct options *options;
	char shorts[2 + 3 * CLI_OPTIONS_MOST + 1];
	struct option longs[2 * CLI_OPTIONS_MOST + 1];
	const struct command *leads_to; /* by an option; NULL: none was typed */
	const char **words;             /* operands; room for all of argv */
	size_t word_count;              /* with the command's word */
	int begun;                      /* argv index of letters that are half read */
	int err;                        /* the first one */
	struct diag diag;
};

/* Keeps the first error. */
void parser_note(struct parser *parser, int err, const struct diag *diag);
/* Reads all of argv. */
void parser_read(struct parser *parser, int argc);

#endif
