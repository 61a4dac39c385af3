/* SPDX-License-Identifier: BSD-2-Clause */
/* The option --version. */
#include "command/commands.h"
#include "session/session.h"

static int end(struct session *session)
{
	fputs("tcptrail " TCPTRAIL_VERSION "\n", session_out(session));
	return 0;
}

const struct command command_version = {
	.word = "--version",
	.ignores_errors = true,
	.end = end,
};
