/* SPDX-License-Identifier: BSD-2-Clause */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "probes_command.h"
#include "run.h"

int main(int argc, char **argv)
{
	struct options options;
	struct diag diag;
	int code = EXIT_FINE;

	setlocale(LC_CTYPE, "");
	if (cli_parse(argc, argv, &options, &diag)) {
		fprintf(stderr, "tcptrail: %s\n", diag.text);
		return EXIT_USAGE;
	}
	if (options.columns && !strcmp(options.columns, "help")) {
		cli_help_columns(stdout, options.command);
		options_free(&options);
		return EXIT_FINE;
	}
	switch (options.command) {
	case COMMAND_HELP:
		cli_help(stdout, options.help_about);
		break;
	case COMMAND_VERSION:
		puts("tcptrail " TCPTRAIL_VERSION);
		break;
	case COMMAND_PROBES:
		code = probes_command();
		break;
	case COMMAND_WATCH:
	case COMMAND_SNAPSHOT:
	case COMMAND_EVENTS:
		code = run(&options);
		break;
	case COMMAND_COUNT:
		break;
	}
	options_free(&options);
	return code;
}
