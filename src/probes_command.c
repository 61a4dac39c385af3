/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   Probe                          Need      Active  Purpose
 *   tp_btf/inet_sock_set_state     required  yes     state transitions
 *   tp_btf/tcp_retransmit_synack   optional  no      this kernel has no tracepoint ...
 */
#include "probes_command.h"

#include <stdio.h>

#include "notice.h"
#include "privilege.h"
#include "source/live.h"

static void ignore(const struct fact *fact, void *arg)
{
	(void)fact;
	(void)arg;
}

int probes_command(const struct options *options)
{
	const struct live_config config = {.trace = true, .stacks = true, .btf = options->btf};
	const struct fact_sink sink = {ignore, NULL};
	const struct live_probe *probe;
	struct live *live;
	struct diag diag;

	if (live_open(&live, &config, &sink, &diag)) {
		notice("%s", diag.text);
		return EXIT_CANNOT;
	}
	printf("%-30s %-9s %-7s %s\n", "Probe", "Need", "Active", "Purpose, or why not");
	for (size_t i = 0; (probe = live_probe(live, i)); i++)
		printf("%-30s %-9s %-7s %s\n", probe->name,
		       probe->required ? "required" : "optional", probe->active ? "yes" : "no",
		       probe->active ? probe->purpose : probe->why);
	live_close(live);
	privilege_shortfall(&diag);
	if (diag.text[0])
		notice("%s", diag.text);
	return fflush(stdout) ? EXIT_LOST : EXIT_FINE;
}
