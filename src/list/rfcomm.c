/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bluetooth RFCOMM sockets (rfcomm_sock_debugfs_show(), net/bluetooth/rfcomm/sock.c), in debugfs:
 *
 *	source destination state channel
 */
#include <sys/socket.h>

#include "list/bluetooth.h"
#include "list/file_text.h"

#define WORDS 6

bool rfcomm_parse(char *line, struct list_relic *relic)
{
	char *words[WORDS];
	size_t count = file_text_words(line, words, WORDS);
	size_t addresses = bluetooth_addresses(words, count, relic);

	return addresses && count >= addresses + 2 && bluetooth_state(words[addresses], relic) &&
	       relic_decimal(words[addresses + 1], &relic->channel);
}

static int read_rfcomm(const struct list_request *request, struct list *list, struct diag *diag)
{
	static const struct relic_source source = {
		.protocol = LIST_RFCOMM,
		.family = AF_BLUETOOTH,
		.proto = "rfcomm",
		.paths = {"/sys/kernel/debug/bluetooth/rfcomm"},
		.missing = "AF BLUETOOTH",
		.parse = rfcomm_parse,
		.is_wanted = bluetooth_is_wanted,
	};

	return relic_read(&source, request, list, diag);
}

static const struct field fields[] = {
	RELIC_FIELD(proto, proto),
	RELIC_FIELD(dest_addr, dest_addr),
	RELIC_FIELD(source_addr, source_addr),
	RELIC_FIELD(state, state),
	RELIC_FIELD(channel, channel),
};
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

static void layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell cells[] = {
		{"proto", 6, 0, NULL, NULL},        {"dest_addr", 17, 0, NULL, NULL},
		{"source_addr", 17, 0, NULL, NULL}, {"state", 9, 0, NULL, NULL},
		{"channel", -7, 0, NULL, NULL},
	};

	*layout = (struct list_layout){
		.title = bluetooth_title(request),
		.headings = "Proto  Destination       Source            State     Channel\n",
		.cells = cells,
		.count = sizeof(cells) / sizeof(cells[0]),
	};
}

const struct listing listing_rfcomm = {
	.name = "rfcomm",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(RFCOMM),
	.record = sizeof(struct list_relic),
	.fields = fields,
	.field_count = &field_count,
	.states = bluetooth_states,
	.read = read_rfcomm,
	.layout = layout,
};
