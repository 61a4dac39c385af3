/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AX.25 sockets (ax25_info_show(), net/ax25/af_ax25.c). The kernel's line, without headings:
 *
 *	address dev source dest[,digipeater...] st vs vr va t1 t1 t2 t2 t3 t3 idle idle n2 n2 rtt window paclen
 *	send-q recv-q inode
 */
#include <string.h>
#include <sys/socket.h>

#include "list/file_text.h"
#include "list/relic.h"

static const char *const states[] = {
	"LISTENING", "SABM SENT", "DISC SENT", "ESTABLISHED", "RECOVERY", "UNKNOWN", NULL,
};

#define WORDS 24

bool ax25_parse(char *line, struct list_relic *relic)
{
	char *words[WORDS], *digipeaters;

	if (file_text_words(line, words, WORDS) != WORDS ||
	    !relic_connection(words + 4, words + 21, states, relic))
		return false;
	relic->device = words[1];
	relic->source_call = words[2];
	relic->dest_call = words[3];
	digipeaters = strchr(words[3], ',');
	if (digipeaters)
		*digipeaters++ = '\0';
	relic->digipeaters = digipeaters;
	return true;
}

static int read_ax25(const struct list_request *request, struct list *list, struct diag *diag)
{
	static const struct relic_source source = {
		.protocol = LIST_AX25,
		.family = AF_AX25,
		.proto = "ax25",
		.paths = {"/proc/net/ax25"},
		.missing = "AF AX25",
		.parse = ax25_parse,
	};

	return relic_read(&source, request, list, diag);
}

static const struct field fields[] = {
	RELIC_FIELD(proto, proto),
	RELIC_FIELD(dest_call, dest_call),
	RELIC_FIELD(source_call, source_call),
	RELIC_FIELD(device, device),
	RELIC_FIELD(state, state),
	RELIC_FIELD(vr_vs, vr_vs_3),
	SOCKET_FIELD(send_q),
	SOCKET_FIELD(recv_q),
	RELIC_FIELD(digipeaters, digipeaters),
	RELIC_FIELD(vr, vr),
	RELIC_FIELD(vs, vs),
	RELIC_FIELD(va, va),
	SOCKET_FIELD(inode),
	SOCKET_FIELD(program),
	SOCKET_FIELDS_OWNER,
};
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

static void layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell cells[] = {
		{"dest_call", 9, 0, NULL, NULL}, {"source_call", 9, 0, "  ", NULL},
		{"device", 6, 0, "  ", NULL},    {"state", 11, 0, "  ", NULL},
		{"vr_vs", 0, 0, "  ", NULL},     {"send_q", 6, 0, "  ", "0"},
		{"recv_q", 6, 0, "  ", "0"},
	};

	(void)request;
	*layout = (struct list_layout){
		.title = "Active AX.25 sockets\n",
		.headings = "Dest       Source     Device  State        Vr/Vs    Send-Q  Recv-Q\n",
		.cells = cells,
		.count = sizeof(cells) / sizeof(cells[0]),
		.trailing = true,
	};
}

const struct listing listing_ax25 = {
	.name = "ax25",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(AX25),
	.record = sizeof(struct list_relic),
	.fields = fields,
	.field_count = &field_count,
	.states = states,
	.read = read_ax25,
	.layout = layout,
};
