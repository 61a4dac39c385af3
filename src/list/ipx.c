/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPX sockets (ipx_seq_socket_show(), net/ipx/ipx_proc.c, up to 4.17). Ports are hexadecimal:
 *
 *	Local_Address  Remote_Address              Tx_Queue  Rx_Queue  State  Uid
 *	12345678:0451  87654321:0102030405FF:0453  000000FF  00000010  01     1000
 *	12345678:4003  Not_Connected               00000000  00000000  07     000
 */
#include <string.h>
#include <sys/socket.h>

#include "list/file_text.h"
#include "list/relic.h"

#define CONNECTED 1 /* include/net/tcp_states.h */
#define CLOSED    7

static const char *const states[] = {"ESTAB", "UNK.", NULL};

/* Network 0 is the local one; it is left out, as netstat does. */
static const char *address(const char *text)
{
	static const char local[] = "00000000:";

	return strncmp(text, local, strlen(local)) != 0 ? text : text + strlen(local) - 1;
}

#define WORDS 6

bool ipx_parse(char *line, struct list_relic *relic)
{
	char *words[WORDS];
	uint32_t sent, received, state, uid;

	if (file_text_words(line, words, WORDS) != WORDS || !strchr(words[0], ':'))
		return false;
	if (!relic_hex(words[2], &sent) || !relic_hex(words[3], &received) ||
	    !relic_hex(words[4], &state) || !relic_decimal(words[5], &uid))
		return false;
	relic->local = address(words[0]);
	if (strcmp(words[1], "Not_Connected") != 0)
		relic->foreign = address(words[1]);
	relic->socket.has_queues = true;
	relic->socket.send_q = sent;
	relic->socket.recv_q = received;
	relic->socket.uid = uid;
	relic->socket.state = (uint8_t)state;
	relic->state = state == CONNECTED ? "ESTAB" : state == CLOSED ? "" : "UNK.";
	return true;
}

static int read_ipx(const struct list_request *request, struct list *list, struct diag *diag)
{
	static const struct relic_source source = {
		.protocol = LIST_IPX,
		.family = AF_IPX,
		.proto = "IPX",
		.paths = {"/proc/net/ipx/socket", "/proc/net/ipx"},
		.missing = "AF IPX",
		.parse = ipx_parse,
	};

	return relic_read(&source, request, list, diag);
}

static const struct field fields[] = {
	RELIC_FIELD(proto, proto),
	SOCKET_FIELD(recv_q),
	SOCKET_FIELD(send_q),
	RELIC_FIELD(local_text, local),
	RELIC_FIELD(foreign_text, foreign),
	RELIC_FIELD(state, state),
	SOCKET_FIELD(user),
	SOCKET_FIELD(uid),
};
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

#define HEAD "Proto Recv-Q Send-Q Local Address              Foreign Address            State"

static void layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell cells[] = {
		{"proto", 5, 0, NULL, NULL},        {"recv_q", -6, 0, NULL, NULL},
		{"send_q", -6, 0, NULL, NULL},      {"local_text", 26, 0, NULL, NULL},
		{"foreign_text", 26, 0, NULL, "-"}, {"state", 5, 0, NULL, NULL},
		{"user", 10, 0, NULL, NULL},
	};

	*layout = (struct list_layout){
		.title = "Active IPX sockets\n",
		.headings = request->extend ? HEAD " User\n" : HEAD "\n",
		.cells = cells,
		.count = sizeof(cells) / sizeof(cells[0]) - !request->extend,
		.trailing = true,
	};
}

const struct listing listing_ipx = {
	.name = "ipx",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(IPX),
	.record = sizeof(struct list_relic),
	.fields = fields,
	.field_count = &field_count,
	.states = states,
	.read = read_ipx,
	.layout = layout,
};
