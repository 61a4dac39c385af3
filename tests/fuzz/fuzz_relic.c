/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: a file of /proc/net or debugfs about sockets of a relic, packet or netlink sockets. */
#include "fuzz.h"
#include "list/file_text.h"
#include "list/packet.h"
#include "list/relic.h"

static relic_parse_fn *const parsers[] = {
	ax25_parse, netrom_parse, rose_parse,  x25_parse,
	ipx_parse,  ddp_parse,    l2cap_parse, rfcomm_parse,
};

/* Is the text within the line? */
static void check(const char *text, const char *line, size_t size)
{
	EXPECT(!text || !strcmp(text, "*") || (text >= line && text + strlen(text) <= line + size));
}

static void parse(relic_parse_fn *fn, char *line, size_t size)
{
	struct list_relic relic = {.lci = 0};

	if (!fn(line, &relic))
		return;
	EXPECT(relic.state);
	check(relic.user_call, line, size);
	check(relic.dest_call, line, size);
	check(relic.source_call, line, size);
	check(relic.dest_addr, line, size);
	check(relic.source_addr, line, size);
	check(relic.digipeaters, line, size);
	check(relic.device, line, size);
	check(relic.local, line, size);
	check(relic.foreign, line, size);
}

static void parse_others(const char *line, size_t size)
{
	struct list_netlink netlink = {.port = 0};
	struct list_packet packet = {.type = 0};
	char *copy = fuzz_copy(line, size + 1);

	packet_parse(copy, &packet);
	memcpy(copy, line, size + 1);
	netlink_parse(copy, &netlink);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *at = text, *line;

	while ((line = file_text_line(&at))) {
		size_t length = strlen(line);

		for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
			char *copy = fuzz_copy(line, length + 1);

			parse(parsers[i], copy, length);
			free(copy);
		}
		parse_others(line, length);
	}
	free(text);
	return 0;
}
