/* SPDX-License-Identifier: BSD-2-Clause */
/* The command info: what a recording is and holds. */
#include "command/commands.h"
#include "command/info_write.h"
#include "session/privilege.h"
#include "session/session.h"

/* All capabilities are given up before what others wrote is read. */
static int open_reader(const char *path, struct reader **reader, struct diag *diag)
{
	struct dir opened;
	int err = privilege_lower(diag);

	if (!err)
		err = dir_open(&opened, path, diag);
	if (err)
		return err;
	err = privilege_drop_all(diag);
	if (err)
		dir_free(&opened);
	return err ? err : reader_begin(reader, &opened, diag);
}

static int end(struct session *session)
{
	const struct options *options = session->options;
	struct reader *reader = NULL;
	int err = open_reader(options->target, &reader, &session->refusal);

	if (!err)
		err = info_write(options, reader, session_out(session), &session->refusal);
	reader_close(reader);
	return err;
}

const struct command command_info = {
	.word = "info",
	.usage = "info [OPTION]... FILE|DIR",
	.summary = "describe a recording",
	.examples =
		{
			{"tcptrail info /var/lib/tcptrail", "print its times, host and size"},
			{"tcptrail info --json /var/lib/tcptrail", "for another program"},
			{"tcptrail info --utc leak.tcptrail", "describe a single file"},
		},
	.takes = "json utc max-sockets",
	.operands = {.least = 1,
                     .most = 1,
                     .missing = "missing argument: expected one FILE or DIR",
                     .read = cli_read_target},
	.end = end,
};
