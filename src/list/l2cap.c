/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bluetooth L2CAP channels (l2cap_debugfs_show(), net/bluetooth/l2cap_core.c), in debugfs:
 *
 *	source (type) destination (type) state psm 0xscid 0xdcid imtu omtu security mode
 *
 * Kernels before 3.15 print no types.
 */
#include <sys/socket.h>

#include "list/bluetooth.h"
#include "list/file_text.h"

/* BT_SECURITY_...; the last one came with 3.15. */
static const char *const securities[] = {"SDP", "LOW", "MEDIUM", "HIGH", "FIPS", "UNKNOWN", NULL};

#define WORDS 12

bool l2cap_parse(char *line, struct list_relic *relic)
{
	char *words[WORDS], **at;
	size_t count = file_text_words(line, words, WORDS);
	size_t addresses = bluetooth_addresses(words, count, relic);
	uint32_t security;

	if (!addresses || count < addresses + 7)
		return false;
	at = words + addresses;
	if (!bluetooth_state(at[0], relic) || !relic_decimal(at[1], &relic->psm) ||
	    !relic_hex(at[2], &relic->scid) || !relic_hex(at[3], &relic->dcid) ||
	    !relic_decimal(at[4], &relic->imtu) || !relic_decimal(at[5], &relic->omtu) ||
	    !relic_decimal(at[6], &security))
		return false;
	relic->security = relic_state_name(securities, security);
	return true;
}

static int read_l2cap(const struct list_request *request, struct list *list, struct diag *diag)
{
	static const struct relic_source source = {
		.protocol = LIST_L2CAP,
		.family = AF_BLUETOOTH,
		.proto = "l2cap",
		.paths = {"/sys/kernel/debug/bluetooth/l2cap"},
		.missing = "AF BLUETOOTH",
		.parse = l2cap_parse,
		.is_wanted = bluetooth_is_wanted,
	};

	return relic_read(&source, request, list, diag);
}

static const struct field fields[] = {
	RELIC_FIELD(proto, proto),
	RELIC_FIELD(dest_addr, dest_addr),
	RELIC_FIELD(source_addr, source_addr),
	RELIC_FIELD(state, state),
	RELIC_FIELD(psm, psm),
	RELIC_FIELD(dcid, dcid),
	RELIC_FIELD(scid, scid),
	RELIC_FIELD(imtu, imtu),
	RELIC_FIELD(omtu, omtu),
	RELIC_FIELD(security, security),
};
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

static void layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell cells[] = {
		{"proto", 6, 0, NULL, NULL},        {"dest_addr", 17, 0, NULL, NULL},
		{"source_addr", 17, 0, NULL, NULL}, {"state", 9, 0, NULL, NULL},
		{"psm", -7, 0, NULL, NULL},         {"dcid", 6, 0, NULL, NULL},
		{"scid", 6, 0, NULL, NULL},         {"imtu", -7, 0, NULL, NULL},
		{"omtu", -7, 0, NULL, NULL},        {"security", 7, 0, NULL, NULL},
	};

	*layout = (struct list_layout){
		.title = bluetooth_title(request),
		.headings = "Proto  Destination       Source            State         PSM DCID   "
			    "SCID      IMTU    OMTU Security\n",
		.cells = cells,
		.count = sizeof(cells) / sizeof(cells[0]),
		.trailing = true,
	};
}

const struct listing listing_l2cap = {
	.name = "l2cap",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(L2CAP),
	.record = sizeof(struct list_relic),
	.fields = fields,
	.field_count = &field_count,
	.states = bluetooth_states,
	.read = read_l2cap,
	.layout = layout,
};
