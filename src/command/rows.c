/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/rows.h"

int rows_print(struct session *session)
{
	if (session_is_live(session)) {
		output_want_names(session->output);
		session_wait_names(session);
	}
	session_begin_output(session);
	return output_snapshot(session->output);
}

/* As fresh as the first one. */
static int repeat(struct session *session, int fd)
{
	(void)fd;
	if (output_skip_snapshot(session->output))
		return 0;
	session_walk(session);
	return output_snapshot(session->output);
}

int rows_repeat(struct session *session)
{
	const struct options *options = session->options;

	return options->continuous ? session_every(session, options->interval, repeat) : 0;
}
