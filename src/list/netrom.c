/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NET/ROM sockets (nr_info_show(), net/netrom/af_netrom.c):
 *
 *	user_addr dest_node src_node  dev    my  your  st  vs  vr  va    t1     t2     t4      idle   n2  wnd ...
 *	OH7LZB-10 OH7RBE-11 OH7RBA-12 nr0  01/02 03/04  3   5   6   7   0/120  0/05   0/180   0/020  0/03   4 ...
 *
 * and send queue, receive queue, inode.
 */
#include <sys/socket.h>

#include "list/file_text.h"
#include "list/relic.h"

static const char *const states[] = {
	"LISTENING", "CONN SENT", "DISC SENT", "ESTABLISHED", "UNKNOWN", NULL,
};

#define WORDS 19

bool netrom_parse(char *line, struct list_relic *relic)
{
	char *words[WORDS];

	if (file_text_words(line, words, WORDS) != WORDS ||
	    !relic_connection(words + 6, words + 16, states, relic))
		return false;
	relic->user_call = words[0];
	relic->dest_call = words[1];
	relic->source_call = words[2];
	relic->device = words[3];
	return true;
}

static int read_netrom(const struct list_request *request, struct list *list, struct diag *diag)
{
	static const struct relic_source source = {
		.protocol = LIST_NETROM,
		.family = AF_NETROM,
		.proto = "netrom",
		.paths = {"/proc/net/nr"},
		.missing = "AF NETROM",
		.parse = netrom_parse,
	};

	return relic_read(&source, request, list, diag);
}

static const struct field fields[] = {
	RELIC_FIELD(proto, proto),
	RELIC_FIELD(user_call, user_call),
	RELIC_FIELD(dest_call, dest_call),
	RELIC_FIELD(source_call, source_call),
	RELIC_FIELD(device, device),
	RELIC_FIELD(state, state),
	RELIC_FIELD(vr_vs, vr_vs_3),
	SOCKET_FIELD(send_q),
	SOCKET_FIELD(recv_q),
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
		{"user_call", 9, 0, NULL, NULL},   {"dest_call", 9, 0, "  ", NULL},
		{"source_call", 9, 0, "  ", NULL}, {"device", 6, 0, "  ", NULL},
		{"state", 11, 0, "  ", NULL},      {"vr_vs", 0, 0, "  ", NULL},
		{"send_q", 6, 0, "  ", "0"},       {"recv_q", 6, 0, "  ", "0"},
	};

	(void)request;
	*layout = (struct list_layout){
		.title = "Active NET/ROM sockets\n",
		.headings = "User       Dest       Source     Device  State        Vr/Vs    Send-Q "
			    " Recv-Q\n",
		.cells = cells,
		.count = sizeof(cells) / sizeof(cells[0]),
		.trailing = true,
	};
}

const struct listing listing_netrom = {
	.name = "netrom",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(NETROM),
	.record = sizeof(struct list_relic),
	.fields = fields,
	.field_count = &field_count,
	.states = states,
	.read = read_netrom,
	.layout = layout,
};
