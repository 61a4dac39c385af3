/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "explain.h"
#include "info.h"
#include "notice.h"
#include "privilege.h"
#include "probes_command.h"
#include "run.h"

static int flushed(void)
{
	/* What a full buffer lost on the way is not in it any more. */
	if ((!fflush(stdout) && !ferror(stdout)) || errno == EPIPE)
		return EXIT_FINE;
	notice("output was lost: %s", strerror(errno));
	return EXIT_LOST;
}

/* --help, --help COMMAND, and COMMAND --columns help */
static int help(const struct options *options)
{
	if (options->columns)
		cli_help_columns(stdout, options->help_about);
	else
		cli_help(stdout, options->help_about);
	return flushed();
}

int main(int argc, char **argv)
{
	struct options options;
	struct diag diag;
	int code = EXIT_FINE;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN); /* a write tells by EPIPE, */
	signal(SIGXFSZ, SIG_IGN); /* and by EFBIG */
	if (cli_parse(argc, argv, &options, &diag)) {
		notice("%s", diag.text);
		return EXIT_USAGE;
	}
	if (options.columns && !strcmp(options.columns, "help")) {
		options.help_about = options.command;
		options.command = COMMAND_HELP;
	}
	switch (options.command) {
	case COMMAND_HELP:
		code = help(&options);
		break;
	case COMMAND_VERSION:
		puts("tcptrail " TCPTRAIL_VERSION);
		code = flushed();
		break;
	case COMMAND_PROBES:
		code = probes_command(&options);
		break;
	case COMMAND_EXPLAIN:
		explain(stdout, options.query.states);
		code = flushed();
		break;
	case COMMAND_WATCH:
	case COMMAND_SNAPSHOT:
	case COMMAND_EVENTS:
	case COMMAND_TRAIL:
	case COMMAND_WHY:
	case COMMAND_DIFF:
	case COMMAND_RECORD:
		code = run(&options);
		break;
	case COMMAND_INFO:
		diag.text[0] = '\0';
		code = privilege_drop_all(&diag) ? EXIT_CANNOT : info_command(&options, &diag);
		if (diag.text[0])
			notice("%s", diag.text);
		break;
	case COMMAND_COUNT:
		break;
	}
	options_free(&options);
	return code;
}
