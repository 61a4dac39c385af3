/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces as netstat -i and -ie print them. */
#include <inttypes.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <string.h>
#include <sys/socket.h>

#include "field/endpoint.h"
#include "list/cell_text.h"
#include "list/interface.h"

#define NAME_CUT 15

/* --- a line ----------------------------------------------------------------------------------- */

static void counts_text(const struct list_interface *interface, struct buffer *out)
{
	static const struct {
		enum interface_count count;
		int width;
	} cells[] = {
		{RX_PACKETS, -8}, {RX_ERRORS, -6}, {RX_DROPS, -6}, {RX_OVERRUNS, 6},
		{TX_PACKETS, -8}, {TX_ERRORS, -6}, {TX_DROPS, -6}, {TX_OVERRUNS, -6},
	};

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		buffer_text(out, " ");
		cell_number(out, interface->counts[cells[i].count], cells[i].width);
	}
}

void interface_line(const struct field_context *context, const struct list_interface *interface,
                    struct buffer *out)
{
	char letters[INTERFACE_LETTERS_ROOM];

	cell_text(out, interface->name, 15, context->wide ? 0 : NAME_CUT);
	buffer_text(out, " ");
	if (interface->has_mtu)
		cell_number(out, interface->mtu, -5);
	else
		cell_text(out, "-", -5, 0);
	if (interface->has_counts) {
		counts_text(interface, out);
	} else {
		cell_text(out, "      - no statistics available -", 56, 0);
	}
	buffer_text(out, " ");
	if (interface->has_mtu)
		interface_letters(interface->flags, letters);
	buffer_text(out, interface->has_mtu ? letters : "-");
	buffer_text(out, "\n");
	if (interface->elapsed)
		interface_rates(interface, "    ", out);
}

/* --- a paragraph ------------------------------------------------------------------------------ */

static void address_text(uint8_t family, const uint8_t *address, char text[ENDPOINT_SIZE])
{
	const struct endpoint endpoint = {.addr = address, .family = family};

	endpoint_host(&endpoint, text);
}

static void inet_line(const struct list_interface *interface,
                      const struct interface_address *address, struct buffer *out)
{
	static const uint8_t none[4];
	uint32_t mask = address->prefix ? UINT32_MAX << (32 - address->prefix) : 0;
	char text[ENDPOINT_SIZE];

	address_text(AF_INET, address->address, text);
	buffer_print(out, "        inet %s  netmask %u.%u.%u.%u", text, mask >> 24,
	             mask >> 16 & 255, mask >> 8 & 255, mask & 255);
	if (interface->flags & IFF_BROADCAST) {
		address_text(AF_INET, address->has_broadcast ? address->broadcast : none, text);
		buffer_print(out, "  broadcast %s", text);
	}
	if (interface->flags & IFF_POINTOPOINT) {
		address_text(AF_INET, address->has_peer ? address->peer : address->address, text);
		buffer_print(out, "  destination %s", text);
	}
	buffer_text(out, "\n");
}

/* As net/ipv6/addrconf_core.c types an address, and /proc/net/if_inet6 shows it. */
static unsigned int scope6(const uint8_t address[16], const char **words)
{
	static const uint8_t loopback[16] = {[15] = 1}, none[12];

	*words = "global";
	if (address[0] == 0xfe && (address[1] & 0xc0) == 0x80) {
		*words = "link";
		return 0x20;
	}
	if (address[0] == 0xfe && (address[1] & 0xc0) == 0xc0) {
		*words = "site";
		return 0x40;
	}
	if (!memcmp(address, loopback, 16)) {
		*words = "host";
		return 0x10;
	}
	if (!memcmp(address, none, 12)) {
		*words = "compat,global";
		return 0x80;
	}
	return 0;
}

static void inet6_line(const struct interface_address *address, struct buffer *out)
{
	const char *words;
	unsigned int scope = scope6(address->address, &words);
	char text[ENDPOINT_SIZE];

	address_text(AF_INET6, address->address, text);
	buffer_print(out, "        inet6 %s  prefixlen %u  scopeid 0x%x<%s>\n", text,
	             address->prefix, scope, words);
}

/* The addresses of the row: of a label its own, of an interface those without another label. */
static void address_lines(const struct list_interface *interface, struct buffer *out)
{
	const struct interface_address *at;

	for (at = interface->addresses; at; at = at->next)
		if (at->family == AF_INET && (!*at->label || !strcmp(at->label, interface->name)))
			inet_line(interface, at, out);
	for (at = interface->addresses; at; at = at->next)
		if (at->family == AF_INET6)
			inet6_line(at, out);
}

/* An unknown type has 16 bytes, as much of them as the address has. */
static void hardware_line(const struct list_interface *interface, struct buffer *out)
{
	const struct interface_hardware *hardware = interface_hardware(interface->type);
	struct list_interface padded = *interface;
	char text[INTERFACE_ADDRESS_ROOM];

	buffer_print(out, "        %s", hardware ? hardware->name : "unspec");
	if (!hardware) {
		if (padded.hardware_size < 16)
			padded.hardware_size = 16;
		interface_hardware_text(&padded, '-', text);
		buffer_print(out, " %s", text);
	} else if (hardware->separator) {
		interface_hardware_text(interface, hardware->separator, text);
		buffer_print(out, " %s", text);
	}
	buffer_print(out, "  txqueuelen %u  (%s)\n", interface->queue,
	             hardware ? hardware->title : "UNSPEC");
}

/* One digit after the point, cut. */
static void bytes_text(struct buffer *out, uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
	size_t unit = 0;
	uint64_t tenths = 0;

	while (unit < 5 && bytes > UINT64_C(1) << (10 * (unit + 1)))
		unit++;
	if (unit)
		tenths = (bytes % (UINT64_C(1) << (10 * unit))) * 10 >> (10 * unit);
	buffer_print(out, " bytes %" PRIu64 " (%" PRIu64 ".%" PRIu64 " %s)\n", bytes,
	             bytes >> (10 * unit), tenths, units[unit]);
}

static void count_lines(const struct list_interface *interface, struct buffer *out)
{
	const uint64_t *n = interface->counts;

	buffer_print(out, "        RX packets %" PRIu64 " ", n[RX_PACKETS]);
	bytes_text(out, n[RX_BYTES]);
	if (n[RX_COMPRESSED])
		buffer_print(out, "        RX compressed:%" PRIu64 "\n", n[RX_COMPRESSED]);
	buffer_print(out,
	             "        RX errors %" PRIu64 "  dropped %" PRIu64 "  overruns %" PRIu64
	             "  frame %" PRIu64 "\n",
	             n[RX_ERRORS], n[RX_DROPS], n[RX_OVERRUNS], n[RX_FRAME]);
	buffer_print(out, "        TX packets %" PRIu64 " ", n[TX_PACKETS]);
	bytes_text(out, n[TX_BYTES]);
	if (n[TX_COMPRESSED])
		buffer_print(out, "        TX compressed %" PRIu64 "\n", n[TX_COMPRESSED]);
	buffer_print(out,
	             "        TX errors %" PRIu64 "  dropped %" PRIu64 " overruns %" PRIu64
	             "  carrier %" PRIu64 "  collisions %" PRIu64 "\n",
	             n[TX_ERRORS], n[TX_DROPS], n[TX_OVERRUNS], n[TX_CARRIER], n[TX_COLLISIONS]);
}

static void map_line(const struct rtnl_link_ifmap *map, struct buffer *out)
{
	if (!map->irq && !map->mem_start && !map->dma && !map->base_addr)
		return;
	buffer_text(out, "        device ");
	if (map->irq)
		buffer_print(out, "interrupt %u  ", map->irq);
	if (map->base_addr >= 0x100) /* only then it is an address of a bus */
		buffer_print(out, "base 0x%llx  ", (unsigned long long)map->base_addr);
	if (map->mem_start)
		buffer_print(out, "memory 0x%llx-%llx  ", (unsigned long long)map->mem_start,
		             (unsigned long long)map->mem_end);
	if (map->dma)
		buffer_print(out, "  dma 0x%x", map->dma);
	buffer_text(out, "\n");
}

void interface_paragraph(const struct list_interface *interface, struct buffer *out)
{
	char words[INTERFACE_WORDS_ROOM];

	cell_text(out, interface->name, 0, 0);
	if (interface->has_mtu) {
		interface_flag_words(interface->flags, words);
		buffer_print(out, ": flags=%u<%s>  mtu %u\n", interface->flags & 0xffff, words,
		             interface->mtu);
		address_lines(interface, out);
		if (interface->has_type)
			hardware_line(interface, out);
	} else {
		buffer_text(out, ":\n");
	}
	if (interface->has_counts)
		count_lines(interface, out);
	if (interface->has_map && interface->has_counts)
		map_line(&interface->map, out);
	if (interface->elapsed)
		interface_rates(interface, "        ", out);
	buffer_text(out, "\n");
}
