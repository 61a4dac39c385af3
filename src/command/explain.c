/* SPDX-License-Identifier: BSD-2-Clause */
/* The command explain: the page of a state, or the list of states. */
#include "view/explain.h"

#include "command/commands.h"
#include "session/session.h"

static int end(struct session *session)
{
	explain(session_out(session), session->options->query.states);
	return 0;
}

const struct command command_explain = {
	.word = "explain",
	.usage = "explain [STATE]",
	.summary = "explain a state",
	.examples =
		{
			{"tcptrail explain", "list the states"},
			{"tcptrail explain close_wait", "as netstat spells it"},
			{"tcptrail explain fin-wait-2", "as ss spells it"},
		},
	.operands = {.most = 1, .read = cli_read_states},
	.end = end,
};
