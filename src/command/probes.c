/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The option --probes: attaches everything, lists what is active, detaches.
 *
 *   Probe                          Need      Active  Purpose
 *   tp_btf/inet_sock_set_state     required  yes     state transitions
 *   tp_btf/tcp_retransmit_synack   optional  no      this kernel has no tracepoint ...
 */
#include <errno.h>

#include "base/escape.h"
#include "command/commands.h"
#include "session/notice.h"
#include "session/privilege.h"
#include "session/session.h"

static void ignore(const struct fact *fact, void *arg)
{
	(void)fact;
	(void)arg;
}

/* What may come from the kernel, libbpf or a BTF file. */
static void add_line(struct buffer *text, const char *name, const char *need, const char *active,
                     const char *what)
{
	buffer_print(text, "%-30s %-9s %-7s ", name, need, active);
	escape_terminal(text, what);
	buffer_text(text, "\n");
}

static int print(const struct live *live, FILE *out)
{
	const struct live_probe *probe;
	struct buffer text = {0};
	int err;

	add_line(&text, "Probe", "Need", "Active", "Purpose, or why not");
	for (size_t i = 0; (probe = live_probe(live, i)); i++)
		add_line(&text, probe->name, probe->required ? "required" : "optional",
		         probe->active ? "yes" : "no", probe->active ? probe->purpose : probe->why);
	err = text.failed ? -ENOMEM : 0;
	if (!err)
		fwrite(text.data, 1, text.size, out);
	buffer_free(&text);
	return err;
}

static int end(struct session *session)
{
	const struct live_config config = {
		.trace = true, .stacks = true, .btf = session->options->btf};
	const struct fact_sink sink = {ignore, NULL};
	struct diag shortfall;
	struct live *live;
	int err = live_open(&live, &config, &sink, &session->refusal);

	if (err)
		return err;
	err = print(live, session_out(session));
	live_close(live);
	fflush(session_out(session));
	privilege_shortfall(&shortfall);
	if (shortfall.text[0])
		notice("%s", shortfall.text);
	return err;
}

const struct command command_probes = {
	.word = "--probes",
	.takes = "btf",
	.asks_kernel = true,
	.end = end,
};
