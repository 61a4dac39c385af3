/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AppleTalk (DDP) sockets (atalk_seq_socket_show(), net/appletalk/atalk_proc.c). All numbers but the
 * user are hexadecimal:
 *
 *	Type Local_addr  Remote_addr Tx_queue Rx_queue St UID
 *	02   FF00:34:80  FF00:12:04  00000000:00000010 07 1000
 *
 * netstat has no list of them, so the layout is like that of IPX.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "list/file_text.h"
#include "list/relic.h"

#define CONNECTED 1 /* include/net/tcp_states.h */

static const char *const states[] = {"ESTAB", NULL};

/* Network, node and socket: "FF00:34:80" */
static bool is_address(const char *word)
{
	return strspn(word, "0123456789ABCDEFabcdef") == 4 && word[4] == ':' &&
	       strspn(word + 5, "0123456789ABCDEFabcdef") == 2 && word[7] == ':';
}

/* The queues stand in one word. */
static bool take_queues(char *word, struct list_socket *socket)
{
	char *received = strchr(word, ':');
	uint32_t send_q, recv_q;

	if (!received)
		return false;
	*received++ = '\0';
	if (!relic_hex(word, &send_q) || !relic_hex(received, &recv_q))
		return false;
	socket->has_queues = true;
	socket->send_q = send_q;
	socket->recv_q = recv_q;
	return true;
}

#define WORDS 6

bool ddp_parse(char *line, struct list_relic *relic)
{
	char *words[WORDS];
	uint32_t state, uid;

	if (file_text_words(line, words, WORDS) != WORDS || !is_address(words[1]) ||
	    !is_address(words[2]))
		return false;
	if (!relic_hex(words[4], &state) || !relic_decimal(words[5], &uid) ||
	    !take_queues(words[3], &relic->socket))
		return false;
	relic->local = words[1];
	if (strcmp(words[2], "0000:00:00") != 0)
		relic->foreign = words[2];
	relic->socket.uid = uid;
	relic->socket.state = (uint8_t)state;
	relic->state = state == CONNECTED ? "ESTAB" : "";
	return true;
}

static int read_ddp(const struct list_request *request, struct list *list, struct diag *diag)
{
	static const struct relic_source source = {
		.protocol = LIST_DDP,
		.family = AF_APPLETALK,
		.proto = "ddp",
		.paths = {"/proc/net/atalk/socket", "/proc/net/appletalk"},
		.missing = "AF DDP",
		.parse = ddp_parse,
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

#define HEAD "Proto Recv-Q Send-Q Local Address Foreign Address State"

static void layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell cells[] = {
		{"proto", 5, 0, NULL, NULL},        {"recv_q", -6, 0, NULL, NULL},
		{"send_q", -6, 0, NULL, NULL},      {"local_text", 13, 0, NULL, NULL},
		{"foreign_text", 15, 0, NULL, "-"}, {"state", 5, 0, NULL, NULL},
		{"user", 10, 0, NULL, NULL},
	};

	*layout = (struct list_layout){
		.title = "Active DDP sockets\n",
		.headings = request->extend ? HEAD " User\n" : HEAD "\n",
		.cells = cells,
		.count = sizeof(cells) / sizeof(cells[0]) - !request->extend,
	};
}

const struct listing listing_ddp = {
	.name = "ddp",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(DDP),
	.record = sizeof(struct list_relic),
	.fields = fields,
	.field_count = &field_count,
	.states = states,
	.read = read_ddp,
	.layout = layout,
};
