/* SPDX-License-Identifier: BSD-2-Clause */
/* The command netstat with --from: the same listings, as far as a recording has them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command/commands.h"
#include "command/netstat_print.h"
#include "session/notice.h"
#include "session/session.h"

static void needs(const struct options *options, struct needs *needs)
{
	const struct netstat *netstat = options->own;

	needs->instant = netstat->mode == LIST_SOCKETS;
	needs->sockets = netstat->mode == LIST_SOCKETS;
}

static int end(struct session *session)
{
	struct netstat_run run = {.options = session->options,
	                          .netstat = session->options->own,
	                          .recorded = session->table};
	struct diag diag = {""};
	struct netstat_place *place;
	int err = netstat_out_open(&run.out, run.options, &diag), closed;

	if (!err) {
		place = netstat_read_place(&run, 0, "");
		err = place ? netstat_print_place(&run, place, "") : -ENOMEM;
	}
	closed = netstat_out_close(&run.out);
	netstat_free_places(&run);
	if (diag.text[0])
		session->refusal = diag;
	session->answer = run.missing ? (enum exit_code)NETSTAT_FAILED : EXIT_OK;
	return err ? err : closed;
}

const struct command netstat_recorded = {
	.word = "netstat",
	.columns = netstat_columns,
	.sources = SOURCE_RECORDING,
	.own_output = true,
	.needs = needs,
	.end = end,
};
