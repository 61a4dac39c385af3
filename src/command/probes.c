/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   Probe                          Need      Active  Purpose
 *   tp_btf/inet_sock_set_state     required  yes     state transitions
 *   tp_btf/tcp_retransmit_synack   optional  no      this kernel has no tracepoint ...
 */
#include "command/probes.h"

#include <stdio.h>

#include "base/escape.h"
#include "session/notice.h"
#include "session/privilege.h"
#include "source/live.h"

static void ignore(const struct fact *fact, void *arg)
{
	(void)fact;
	(void)arg;
}

/* Why not is the kernel's word, and libbpf's: of a BTF file, perhaps. */
static void add_line(struct buffer *text, const char *name, const char *need, const char *active,
                     const char *what)
{
	buffer_print(text, "%-30s %-9s %-7s ", name, need, active);
	escape_terminal(text, what);
	buffer_text(text, "\n");
}

/* An exit code. */
static int print(struct buffer *text)
{
	bool whole = !text->failed && fwrite(text->data, 1, text->size, stdout) == text->size;

	buffer_free(text);
	return whole && !fflush(stdout) ? EXIT_OK : EXIT_LOST;
}

int probes_command(const struct options *options)
{
	const struct live_config config = {.trace = true, .stacks = true, .btf = options->btf};
	const struct fact_sink sink = {ignore, NULL};
	const struct live_probe *probe;
	struct live *live;
	struct buffer text = {0};
	struct diag diag;
	int code;

	if (live_open(&live, &config, &sink, &diag)) {
		notice("%s", diag.text);
		return EXIT_CANNOT;
	}
	add_line(&text, "Probe", "Need", "Active", "Purpose, or why not");
	for (size_t i = 0; (probe = live_probe(live, i)); i++)
		add_line(&text, probe->name, probe->required ? "required" : "optional",
		         probe->active ? "yes" : "no", probe->active ? probe->purpose : probe->why);
	live_close(live);
	code = print(&text);
	privilege_shortfall(&diag);
	if (diag.text[0])
		notice("%s", diag.text);
	return code;
}
