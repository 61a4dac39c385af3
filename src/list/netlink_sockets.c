/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Netlink sockets (netlink_seq_show(), net/netlink/af_netlink.c). The kernel's line:
 *
 *	sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
 *	0000000056f0a734 0   31350      00000011 0        0        0     2        0        125328138
 *
 * and ours:
 *
 *	Proto   Recv-Q Send-Q Protocol       Port ID    Groups   Drops
 *	netlink      0      0 route          31350      00000011 0
 */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/parse.h"
#include "field/value.h"
#include "list/file_text.h"
#include "list/packet.h"

#define WORDS 10

/* The kernel prints the port as a signed number. */
static bool parse_port(const char *word, uint32_t *port)
{
	bool negative = *word == '-';
	uint64_t number;

	if (parse_number(word + negative, 0, UINT32_MAX, &number))
		return false;
	*port = negative ? (uint32_t)-number : (uint32_t)number;
	return true;
}

bool netlink_parse(char *line, struct list_netlink *netlink)
{
	char *words[WORDS];
	uint64_t protocol, groups, received, sent, dumping, drops, inode;

	if (file_text_words(line, words, WORDS) != WORDS ||
	    parse_number(words[1], 0, UINT32_MAX, &protocol) ||
	    !parse_port(words[2], &netlink->port) || parse_hex(words[3], UINT32_MAX, &groups) ||
	    parse_number(words[4], 0, UINT32_MAX, &received) ||
	    parse_number(words[5], 0, UINT32_MAX, &sent) ||
	    parse_number(words[6], 0, UINT8_MAX, &dumping) ||
	    parse_number(words[8], 0, UINT32_MAX, &drops) ||
	    parse_number(words[9], 0, UINT32_MAX, &inode))
		return false;
	netlink->protocol = (uint32_t)protocol;
	netlink->groups = (uint32_t)groups;
	netlink->dumping = dumping;
	netlink->socket.has_queues = netlink->socket.has_drops = true;
	netlink->socket.recv_q = received;
	netlink->socket.send_q = sent;
	netlink->socket.drops = drops;
	netlink->socket.inode = (uint32_t)inode;
	return true;
}

static int add_line(const struct list_request *request, struct list *list, char *line)
{
	struct list_netlink *netlink = list_add(list);

	if (!netlink)
		return -ENOMEM;
	list_socket_init(&netlink->socket, request, LIST_NETLINK, AF_NETLINK);
	if (!netlink_parse(line, netlink))
		list_drop(list);
	return 0;
}

static int read_netlink(const struct list_request *request, struct list *list, struct diag *diag)
{
	char *text, *line;
	size_t size;
	int err = file_text(list, "/proc/net/netlink", &text, &size);

	if (err == -ENOENT)
		return diag_fail(diag, -EAFNOSUPPORT, "AF NETLINK");
	if (err)
		return diag_fail(diag, err, "/proc/net/netlink: %s", strerror(-err));
	while (!err && (line = file_text_line(&text)))
		err = add_line(request, list, line);
	return err ? diag_fail(diag, err, "out of memory") : 0;
}

/* --- fields ----------------------------------------------------------------------------------- */

#define NETLINK_GETTER(name)                                                                       \
	static void netlink_##name(const struct field_context *context, const void *object,        \
	                           struct value *value)

NETLINK_GETTER(proto)
{
	(void)context;
	(void)object;
	value_string(value, "netlink");
}

NETLINK_GETTER(protocol)
{
	static const char *const names[] = {
		[NETLINK_ROUTE] = "route",
		[NETLINK_USERSOCK] = "usersock",
		[NETLINK_SOCK_DIAG] = "sock_diag",
		[NETLINK_NFLOG] = "nflog",
		[NETLINK_XFRM] = "xfrm",
		[NETLINK_SELINUX] = "selinux",
		[NETLINK_ISCSI] = "iscsi",
		[NETLINK_AUDIT] = "audit",
		[NETLINK_FIB_LOOKUP] = "fib_lookup",
		[NETLINK_CONNECTOR] = "connector",
		[NETLINK_NETFILTER] = "netfilter",
		[NETLINK_IP6_FW] = "ip6_fw",
		[NETLINK_KOBJECT_UEVENT] = "kobject_uevent",
		[NETLINK_GENERIC] = "generic",
		[NETLINK_SCSITRANSPORT] = "scsitransport",
		[NETLINK_ECRYPTFS] = "ecryptfs",
		[NETLINK_RDMA] = "rdma",
		[NETLINK_CRYPTO] = "crypto",
		[NETLINK_SMC] = "smc",
	};
	const struct list_netlink *netlink = object;

	(void)context;
	if (netlink->protocol < sizeof(names) / sizeof(names[0]))
		value_string(value, names[netlink->protocol]);
	if (value->type == VALUE_NONE)
		value_print(value, "%u", netlink->protocol);
}

NETLINK_GETTER(port_id)
{
	const struct list_netlink *netlink = object;

	(void)context;
	value_number(value, netlink->port);
}

/* As in /proc: bit 0 is group 1. */
NETLINK_GETTER(group_bits)
{
	const struct list_netlink *netlink = object;

	(void)context;
	value_print(value, "%08x", netlink->groups);
}

NETLINK_GETTER(dumping)
{
	const struct list_netlink *netlink = object;

	(void)context;
	value_bool(value, netlink->dumping);
}

/* Port 0 is that of the kernel's own socket, which no process has. */
NETLINK_GETTER(program)
{
	const struct list_netlink *netlink = object;

	socket_program(context, object, value);
	if (value->type == VALUE_NONE && !netlink->port)
		value_string(value, "kernel");
}

#define NETLINK_FIELD(name)                                                                        \
	{                                                                                          \
		KEY(name), netlink_##name, NULL                                                    \
	}

static const struct field fields[] = {
	NETLINK_FIELD(proto),    SOCKET_FIELD(recv_q),   SOCKET_FIELD(send_q),
	NETLINK_FIELD(protocol), NETLINK_FIELD(port_id), NETLINK_FIELD(group_bits),
	SOCKET_FIELD(drops),     SOCKET_FIELD(inode),    NETLINK_FIELD(program),
	NETLINK_FIELD(dumping),  SOCKET_FIELDS_OWNER,
};
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

#define CELLS                                                                                      \
	{"proto", 7, 0, NULL, NULL}, {"recv_q", -6, 0, NULL, NULL}, {"send_q", -6, 0, NULL, NULL}, \
		{"protocol", 14, 0, NULL, NULL}, {"port_id", 10, 0, NULL, NULL},                   \
		{"group_bits", 8, 0, NULL, NULL},                                                  \
	{                                                                                          \
		"drops", 6, 0, NULL, NULL                                                          \
	}
#define HEAD "Proto   Recv-Q Send-Q Protocol       Port ID    Groups   Drops "

static void layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell cells[] = {CELLS, SOCKET_CELLS};
	static const struct list_cell program_cells[] = {CELLS, SOCKET_PROGRAM_CELL};
	static const char *const headings[] = SOCKET_HEADINGS(HEAD);
	static const struct socket_layout own = {cells, program_cells, 7, headings};

	list_socket_layout(&own, request, "Active netlink sockets\n", layout);
}

const struct listing listing_netlink = {
	.name = "netlink",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(NETLINK),
	.record = sizeof(struct list_netlink),
	.fields = fields,
	.field_count = &field_count,
	.read = read_netlink,
	.layout = layout,
};
