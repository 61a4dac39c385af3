/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * X.25 sockets (x25_seq_socket_show(), net/x25/x25_proc.c). The logical channel is hexadecimal:
 *
 *	dest_addr  src_addr   dev   lci st vs vr va   t  t1  t2  t3  hb  Snd-Q Rcv-Q inode
 *	1234567890 123456     x25p0 001  3  1  2  3   0   3 200 180 180     5     6 12352
 *
 * /proc/net/x25 was a file up to 2.4, which netstat reads; since then it is a directory.
 */
#include <sys/socket.h>

#include "list/file_text.h"
#include "list/relic.h"

/* States of include/net/x25.h; the words are netstat's. */
static const char *const states[] = {
	"LISTENING", "SABM_SENT", "DISC_SENT", "ESTABLISHED", "RECOVERY", "UNKNOWN", NULL,
};

#define WORDS 16

bool x25_parse(char *line, struct list_relic *relic)
{
	char *words[WORDS];

	if (file_text_words(line, words, WORDS) != WORDS)
		return false;
	if (!relic_hex(words[3], &relic->lci) ||
	    !relic_connection(words + 4, words + 13, states, relic))
		return false;
	relic->dest_addr = words[0];
	relic->source_addr = words[1];
	relic->device = words[2];
	return true;
}

/* A socket without a channel is shown with -a only. */
static bool is_wanted(const struct list_request *request, const struct list_relic *relic)
{
	return relic->lci || request->all;
}

static int read_x25(const struct list_request *request, struct list *list, struct diag *diag)
{
	static const struct relic_source source = {
		.protocol = LIST_X25,
		.family = AF_X25,
		.proto = "x25",
		.paths = {"/proc/net/x25/socket", "/proc/net/x25"},
		.missing = "AF X25",
		.parse = x25_parse,
		.is_wanted = is_wanted,
	};

	return relic_read(&source, request, list, diag);
}

static const struct field fields[] = {
	RELIC_FIELD(proto, proto),
	RELIC_FIELD(dest_addr, dest_addr),
	RELIC_FIELD(source_addr, source_addr),
	RELIC_FIELD(device, device),
	RELIC_FIELD(lci, lci),
	RELIC_FIELD(state, state),
	RELIC_FIELD(vr_vs, vr_vs_2),
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
		{"dest_addr", 15, 0, NULL, NULL}, {"source_addr", 15, 0, NULL, NULL},
		{"device", 7, 0, NULL, NULL},     {"lci", 3, 0, NULL, NULL},
		{"state", 11, 0, "  ", NULL},     {"vr_vs", 0, 0, "  ", NULL},
		{"send_q", 6, 0, "  ", "0"},      {"recv_q", 6, 0, "  ", "0"},
	};

	(void)request;
	*layout = (struct list_layout){
		.title = "Active X.25 sockets\n",
		.headings = "Dest         Source          Device  LCI  State        Vr/Vs  Send-Q  "
			    "Recv-Q\n",
		.cells = cells,
		.count = sizeof(cells) / sizeof(cells[0]),
		.trailing = true,
	};
}

const struct listing listing_x25 = {
	.name = "x25",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(X25),
	.record = sizeof(struct list_relic),
	.fields = fields,
	.field_count = &field_count,
	.states = states,
	.read = read_x25,
	.layout = layout,
};
