/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/lines.h"
#include "cli/cli.h"
#include "command/explain.h"
#include "command/info.h"
#include "session/notice.h"
#include "session/privilege.h"
#include "command/probes.h"
#include "session/run.h"

static int flushed(FILE *out)
{
	/* What a full buffer lost on the way is not in it any more. */
	if ((!ferror(out) && !fclose(out)) || errno == EPIPE)
		return EXIT_OK;
	notice("output was lost: %s", strerror(errno));
	return EXIT_LOST;
}

/* --help, --help COMMAND, and COMMAND --columns help */
static int help(const struct options *options)
{
	FILE *out = lines_open(STDOUT_FILENO);

	if (!out)
		return EXIT_LOST;
	if (options->columns)
		cli_help_columns(out, options->help_about);
	else
		cli_help(out, options->help_about);
	return flushed(out);
}

static int explain_command(const struct options *options)
{
	FILE *out = lines_open(STDOUT_FILENO);

	if (!out)
		return EXIT_LOST;
	explain(out, options->query.states);
	return flushed(out);
}

/* Whoever started us may have blocked them; nothing else would end us then. */
static void unblock_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int main(int argc, char **argv)
{
	struct options options;
	struct diag diag;
	int code = EXIT_OK;

	setlocale(LC_CTYPE, "");
	unblock_signals();
	signal(SIGPIPE, SIG_IGN); /* a write tells by EPIPE, */
	signal(SIGXFSZ, SIG_IGN); /* and by EFBIG */
	if (cli_parse(argc, argv, &options, &diag)) {
		notice("%s", diag.text);
		return EXIT_USAGE;
	}
	switch (options.command) {
	case COMMAND_HELP:
		code = help(&options);
		break;
	case COMMAND_VERSION:
		puts("tcptrail " TCPTRAIL_VERSION);
		code = flushed(stdout);
		break;
	case COMMAND_PROBES:
		code = probes_command(&options);
		break;
	case COMMAND_EXPLAIN:
		code = explain_command(&options);
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
		code = info_command(&options, &diag);
		if (diag.text[0])
			notice("%s", diag.text);
		break;
	case COMMAND_COUNT:
		break;
	}
	options_free(&options);
	return code;
}
