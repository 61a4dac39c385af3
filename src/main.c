/* SPDX-License-Identifier: BSD-2-Clause */
#include <locale.h>
#include <signal.h>

#include "cli/cli.h"
#include "command/commands.h"
#include "session/notice.h"
#include "session/session.h"

/* The parent may have blocked them, and then nothing else could end us. */
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
	int code;

	setlocale(LC_CTYPE, "");
	unblock_signals();
	signal(SIGPIPE, SIG_IGN); /* a write fails with EPIPE, */
	signal(SIGXFSZ, SIG_IGN); /* or with EFBIG */
	if (cli_parse(argc, argv, commands, &options, &diag)) {
		notice("%s", diag.text);
		return EXIT_USAGE;
	}
	code = session_run(&options);
	options_free(&options);
	return code;
}
