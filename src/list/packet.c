/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packet sockets, which programs like tcpdump and DHCP clients have (packet_seq_show(),
 * net/packet/af_packet.c). The kernel's line:
 *
 *	sk               RefCnt Type Proto  Iface R Rmem   User   Inode
 *	00000000c3892b3f 3      3    0003   0     1 0      0      125328134
 *
 * and ours:
 *
 *	Proto  Recv-Q Type   Protocol  Device
 *	packet      0 RAW    all       *
 */
#include "list/packet.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "base/parse.h"
#include "field/value.h"
#include "list/file_text.h"

#define WORDS 9

bool packet_parse(char *line, struct list_packet *packet)
{
	char *words[WORDS];
	uint64_t references, type, ether_type, ifindex, running, memory, uid, inode;

	if (file_text_words(line, words, WORDS) != WORDS ||
	    parse_number(words[1], 0, UINT32_MAX, &references) ||
	    parse_number(words[2], 0, UINT16_MAX, &type) ||
	    parse_hex(words[3], UINT16_MAX, &ether_type) ||
	    parse_number(words[4], 0, INT32_MAX, &ifindex) ||
	    parse_number(words[5], 0, UINT8_MAX, &running) ||
	    parse_number(words[6], 0, UINT32_MAX, &memory) ||
	    parse_number(words[7], 0, UINT32_MAX, &uid) ||
	    parse_number(words[8], 0, UINT32_MAX, &inode))
		return false;
	packet->references = (uint32_t)references;
	packet->type = (uint16_t)type;
	packet->ether_type = (uint16_t)ether_type;
	packet->ifindex = (uint32_t)ifindex;
	packet->running = running;
	packet->socket.has_queues = true;
	packet->socket.recv_q = memory;
	packet->socket.uid = (uint32_t)uid;
	packet->socket.inode = (uint32_t)inode;
	return true;
}

/* An interface that is gone has no name. */
static int name_device(struct list_packet *packet, struct list *list)
{
	char name[IF_NAMESIZE];

	if (!packet->ifindex || !if_indextoname(packet->ifindex, name))
		return 0;
	packet->device = list_text(list, name, strlen(name));
	return packet->device ? 0 : -ENOMEM;
}

static int add_line(const struct list_request *request, struct list *list, char *line)
{
	struct list_packet *packet = list_add(list);

	if (!packet)
		return -ENOMEM;
	list_socket_init(&packet->socket, request, LIST_PACKET, AF_PACKET);
	if (packet_parse(line, packet))
		return name_device(packet, list);
	list_drop(list);
	return 0;
}

static int read_packet(const struct list_request *request, struct list *list, struct diag *diag)
{
	char *text, *line;
	size_t size;
	int err = file_text(list, "/proc/net/packet", &text, &size);

	if (err == -ENOENT)
		return diag_fail(diag, -EAFNOSUPPORT, "AF PACKET");
	if (err)
		return diag_fail(diag, err, "/proc/net/packet: %s", strerror(-err));
	while (!err && (line = file_text_line(&text)))
		err = add_line(request, list, line);
	return err ? diag_fail(diag, err, "out of memory") : 0;
}

/* --- fields ----------------------------------------------------------------------------------- */

#define PACKET_GETTER(name)                                                                        \
	static void packet_##name(const struct field_context *context, const void *object,         \
	                          struct value *value)

PACKET_GETTER(proto)
{
	(void)context;
	(void)object;
	value_string(value, "packet");
}

PACKET_GETTER(socket_type)
{
	const struct list_packet *packet = object;

	(void)context;
	value_string(value, list_socket_type(packet->type));
}

/* "all", "ip", "0x88f7" */
PACKET_GETTER(protocol)
{
	static const struct {
		uint16_t number;
		const char *name;
	} names[] = {
		{0, "none"},          {ETH_P_ALL, "all"},   {ETH_P_IP, "ip"},
		{ETH_P_IPV6, "ipv6"}, {ETH_P_ARP, "arp"},   {ETH_P_8021Q, "vlan"},
		{ETH_P_PAE, "eapol"}, {ETH_P_LLDP, "lldp"}, {ETH_P_PPP_DISC, "pppoe-discovery"},
		{ETH_P_1588, "ptp"},
	};
	const struct list_packet *packet = object;

	(void)context;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (packet->ether_type == names[i].number)
			value_string(value, names[i].name);
	if (value->type == VALUE_NONE)
		value_print(value, "0x%04x", packet->ether_type);
}

/* "*": all devices */
PACKET_GETTER(device)
{
	const struct list_packet *packet = object;

	(void)context;
	value_string(value, packet->ifindex ? packet->device : "*");
	if (value->type == VALUE_NONE)
		value_print(value, "#%u", packet->ifindex);
}

PACKET_GETTER(references)
{
	const struct list_packet *packet = object;

	(void)context;
	value_number(value, packet->references);
}

PACKET_GETTER(running)
{
	const struct list_packet *packet = object;

	(void)context;
	value_bool(value, packet->running);
}

#define PACKET_FIELD(name)                                                                         \
	{                                                                                          \
		KEY(name), packet_##name, NULL                                                     \
	}

static const struct field fields[] = {
	PACKET_FIELD(proto),    SOCKET_FIELD(recv_q),     PACKET_FIELD(socket_type),
	PACKET_FIELD(protocol), PACKET_FIELD(device),     SOCKET_FIELD(inode),
	SOCKET_FIELD(program),  PACKET_FIELD(references), PACKET_FIELD(running),
	SOCKET_FIELDS_OWNER,
};
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

#define CELLS                                                                                      \
	{"proto", 6, 0, NULL, NULL}, {"recv_q", -6, 0, NULL, NULL},                                \
		{"socket_type", 6, 0, NULL, NULL}, {"protocol", 9, 0, NULL, NULL},                 \
	{                                                                                          \
		"device", 15, 0, NULL, NULL                                                        \
	}
#define HEAD "Proto  Recv-Q Type   Protocol  Device         "

static void layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell cells[] = {CELLS, SOCKET_CELLS};
	static const struct list_cell program_cells[] = {CELLS, SOCKET_PROGRAM_CELL};
	static const char *const headings[] = SOCKET_HEADINGS(HEAD);
	static const struct socket_layout own = {cells, program_cells, 5, headings};

	list_socket_layout(&own, request, "Active packet sockets\n", layout);
}

const struct listing listing_packet = {
	.name = "packet",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(PACKET),
	.record = sizeof(struct list_packet),
	.fields = fields,
	.field_count = &field_count,
	.read = read_packet,
	.layout = layout,
};
