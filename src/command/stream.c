/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/stream.h"

#include "session/notice.h"

int stream_begin(struct session *session)
{
	int err;

	session_begin_output(session);
	err = output_begin_events(session->output);
	if (err || !session_is_live(session))
		return err;
	session_begin_loop();
	notice("tracing; Ctrl-C: stop");
	return 0;
}

void stream_change(const struct change *change, struct session *session)
{
	if (table_wall(session->table, change->time) > session->since)
		output_change(change, session->output);
}
