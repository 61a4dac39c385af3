/* SPDX-License-Identifier: BSD-2-Clause */
/* The option --help, alone or with a command, and COMMAND --columns help. */
#include "command/commands.h"
#include "session/session.h"

static int end(struct session *session)
{
	if (session->options->columns)
		cli_help_columns(session_out(session), session->options);
	else
		cli_help(session_out(session), session->options);
	return 0;
}

const struct command command_help = {
	.word = "--help",
	.ignores_errors = true,
	.end = end,
};
