/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ROSE sockets (rose_info_show(), net/rose/af_rose.c). The logical channel is hexadecimal:
 *
 *	dest_addr  dest_call src_addr   src_call  dev   lci neigh st vs vr va   t  t1  t2  t3  hb    idle Snd-Q ...
 *	2080175999 F6ABC-1   2080175524 F6FBB-10  rose0 0FF 00002  3  1  2  3   0 200 180 180   5   0/000    12 ...
 *
 * and receive queue, inode.
 */
#include <sys/socket.h>

#include "list/file_text.h"
#include "list/relic.h"

/* The states of net/rose/rose_in.c; netstat has no words for the last two. */
static const char *const states[] = {
	"LISTENING",  "CONN SENT", "DISC SENT", "ESTABLISHED",
	"RESET SENT", "DEFERRED",  "UNKNOWN",   NULL,
};

#define WORDS 20

bool rose_parse(char *line, struct list_relic *relic)
{
	char *words[WORDS];

	if (file_text_words(line, words, WORDS) != WORDS)
		return false;
	if (!relic_hex(words[5], &relic->lci) || !relic_decimal(words[6], &relic->neighbour) ||
	    !relic_connection(words + 7, words + 17, states, relic))
		return false;
	relic->dest_addr = words[0];
	relic->dest_call = words[1];
	relic->source_addr = words[2];
	relic->source_call = words[3];
	relic->device = words[4];
	return true;
}

static int read_rose(const struct list_request *request, struct list *list, struct diag *diag)
{
	static const struct relic_source source = {
		.protocol = LIST_ROSE,
		.family = AF_ROSE,
		.proto = "rose",
		.paths = {"/proc/net/rose"},
		.missing = "AF ROSE",
		.parse = rose_parse,
	};

	return relic_read(&source, request, list, diag);
}

static const struct field fields[] = {
	RELIC_FIELD(proto, proto),
	RELIC_FIELD(dest_addr, dest_addr),
	RELIC_FIELD(dest_call, dest_call),
	RELIC_FIELD(source_addr, source_addr),
	RELIC_FIELD(source_call, source_call),
	RELIC_FIELD(device, device),
	RELIC_FIELD(lci, lci),
	RELIC_FIELD(neighbour, neighbour),
	RELIC_FIELD(state, state),
	RELIC_FIELD(vr, vr),
	RELIC_FIELD(vs, vs),
	RELIC_FIELD(va, va),
	SOCKET_FIELD(send_q),
	SOCKET_FIELD(recv_q),
	SOCKET_FIELD(inode),
	SOCKET_FIELD(program),
	SOCKET_FIELDS_OWNER,
};
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

static void layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell cells[] = {
		{"dest_addr", 10, 0, NULL, NULL},   {"dest_call", 9, 0, "  ", NULL},
		{"source_addr", 10, 0, "  ", NULL}, {"source_call", 9, 0, "  ", NULL},
		{"device", 5, 0, NULL, NULL},       {"lci", -3, 0, NULL, NULL},
		{"neighbour", -5, 0, NULL, NULL},   {"state", 0, 0, "   ", NULL},
	};

	(void)request;
	*layout = (struct list_layout){
		.title = "Active ROSE sockets\n",
		.headings =
			"dest_addr   dest_call  src_addr    src_call  dev   lci neigh   state\n",
		.cells = cells,
		.count = sizeof(cells) / sizeof(cells[0]),
		.trailing = true,
	};
}

const struct listing listing_rose = {
	.name = "rose",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(ROSE),
	.record = sizeof(struct list_relic),
	.fields = fields,
	.field_count = &field_count,
	.states = states,
	.read = read_rose,
	.layout = layout,
};
