/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the sockets of each protocol from the best source that the kernel has: inet_diag, which has
 * cookies, memory, cgroups and interfaces and takes no time for text; else /proc/net.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/numbers.h"
#include "list/file_text.h"
#include "list/inet.h"
#include "list/netlink.h"

/*
 * States 1 to 12. Not 13, TCP_BOUND_INACTIVE (6.8): such a socket is in no table that /proc/net/tcp
 * shows.
 */
#define STATES_ALL    0x1ffeU
#define STATES_LISTEN (1U << 10)
#define STATES_CLOSED (1U << 7)

#define EXTENSION(name) ((uint8_t)(1U << (INET_DIAG_##name - 1)))

struct source {
	enum list_protocol protocol;
	const char *path4, *path6; /* /proc/net; NULL: none */
	bool diag;                 /* inet_diag may have it */
	const char *missing;       /* how netstat names it */
};

static const struct source sources[] = {
	{LIST_TCP, "/proc/net/tcp", "/proc/net/tcp6", true, "AF INET (tcp)"},
	{LIST_SCTP, NULL, NULL, true, "AF INET (sctp)"},
	{LIST_UDP, "/proc/net/udp", "/proc/net/udp6", true, "AF INET (udp)"},
	{LIST_UDPLITE, "/proc/net/udplite", "/proc/net/udplite6", true, "AF INET (udplite)"},
	{LIST_RAW, "/proc/net/raw", "/proc/net/raw6", true, "AF INET (raw)"},
	{LIST_PING, "/proc/net/icmp", "/proc/net/icmp6", false, "AF INET (ping)"},
};

static uint8_t extensions_of(const struct list_request *request, enum list_protocol protocol)
{
	if (protocol == LIST_TCP)
		return request->timers || request->rich ? EXTENSION(INFO) : 0;
	return request->rich ? EXTENSION(SKMEMINFO) : 0;
}

/* --- what both sources have --------------------------------------------------------------------- */

typedef int add_fn(const struct inet_reader *reader, const char *line);

/* Reads a file of /proc/net, whose first line has headings. Lines that are damaged are passed over. */
static int read_file(const char *path, const struct inet_reader *reader, add_fn *add)
{
	char *text, *line;
	size_t size;
	int err = file_text(reader->list, path, &text, &size);

	line = err ? NULL : file_text_line(&text);
	while (!err && line && (line = file_text_line(&text))) {
		err = add(reader, line);
		if (err == -EBADMSG)
			err = 0;
	}
	return err;
}

static int take_message(const struct nlmsghdr *message, void *arg)
{
	int err = inet_add_message(arg, message);

	return err == -EBADMSG ? 0 : err;
}

static uint8_t ip_protocol(enum list_protocol protocol)
{
	switch (protocol) {
	case LIST_SCTP:
		return IPPROTO_SCTP;
	case LIST_UDP:
		return IPPROTO_UDP;
	case LIST_UDPLITE:
		return IPPROTO_UDPLITE;
	case LIST_RAW:
		return IPPROTO_RAW;
	default:
		return IPPROTO_TCP;
	}
}

/*
 * Adds the sockets of the reader that are in one of the states (bits by their number). -ENOENT: the
 * kernel has no inet_diag for this protocol.
 */
static int dump(struct netlink *netlink, struct inet_reader *reader, uint32_t states,
                uint8_t extensions)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(8)));
	struct inet_diag_req_v2 *wanted;
	struct nlmsghdr *request =
		netlink_request(buffer, SOCK_DIAG_BY_FAMILY, sizeof(struct inet_diag_req_v2));

	wanted = mnl_nlmsg_get_payload(request);
	wanted->sdiag_family = (uint8_t)reader->family;
	wanted->sdiag_protocol = ip_protocol(reader->protocol);
	wanted->idiag_ext = extensions;
	wanted->idiag_states = states;
	return netlink_dump_list(netlink, request, reader->list, take_message, reader, NULL);
}

/* --- SCTP ------------------------------------------------------------------------------------- */

static int read_sctp_proc(const struct inet_reader *reader)
{
	int err = read_file("/proc/net/sctp/eps", reader, inet_add_endpoint);

	return err ? err : read_file("/proc/net/sctp/assocs", reader, inet_add_association);
}

/*
 * The first dump is of endpoints alone. The second one is of associations, with the endpoint of each
 * once more.
 */
static int read_sctp_diag(struct netlink *netlink, struct inet_reader *reader, uint8_t extensions)
{
	size_t first;
	int err = dump(netlink, reader, STATES_LISTEN, extensions);

	first = reader->list->count;
	if (!err)
		err = dump(netlink, reader, ~(STATES_LISTEN | STATES_CLOSED), extensions);
	if (!err)
		inet_drop_endpoints(reader->list, first);
	return err;
}

static int read_sctp(struct netlink *netlink, struct inet_reader *reader)
{
	const struct list_request *request = reader->request;
	uint8_t extensions = extensions_of(request, LIST_SCTP);
	size_t first = reader->list->count;
	int err = netlink ? 0 : -ENOENT;

	for (int i = 0; i < 2 && !err; i++) {
		reader->family = i ? AF_INET6 : AF_INET;
		err = read_sctp_diag(netlink, reader, extensions);
	}
	if (err) {
		inet_truncate(reader->list, first);
		err = read_sctp_proc(reader);
	}
	inet_drop_other_families(request, reader->list, first);
	return err;
}

/* --- the others ------------------------------------------------------------------------------- */

static bool wants_family(const struct list_request *request, uint16_t family)
{
	return request->v4 == request->v6 || (family == AF_INET ? request->v4 : request->v6);
}

/* Without -a, and with -l, a dump of fewer states is enough, if no request needs its listener. */
static uint32_t states_of(const struct list_request *request, enum list_protocol protocol)
{
	bool servers_only = request->listening && !request->all;

	return protocol == LIST_TCP && servers_only ? STATES_LISTEN : STATES_ALL;
}

static int read_diag(struct netlink *netlink, struct inet_reader *reader)
{
	const struct list_request *request = reader->request;
	uint8_t extensions = extensions_of(request, reader->protocol);
	int err = 0;

	for (int i = 0; i < 2 && !err; i++) {
		reader->family = i ? AF_INET6 : AF_INET;
		if (wants_family(request, reader->family))
			err = dump(netlink, reader, states_of(request, reader->protocol),
			           extensions);
	}
	return err;
}

/* A kernel without IPv6 has no file of it. */
static int read_proc(const struct source *source, struct inet_reader *reader)
{
	const struct list_request *request = reader->request;
	bool read = false;

	for (int i = 0; i < 2; i++) {
		int err;

		reader->family = i ? AF_INET6 : AF_INET;
		if (!wants_family(request, reader->family))
			continue;
		err = read_file(i ? source->path6 : source->path4, reader, inet_add_line);
		if (err && err != -ENOENT)
			return err;
		read |= !err;
	}
	return read ? 0 : -ENOENT;
}

static int read_other(const struct source *source, struct netlink *netlink,
                      struct inet_reader *reader)
{
	size_t first = reader->list->count;
	int err = netlink && source->diag ? read_diag(netlink, reader) : -ENOENT;

	if (!err)
		return 0;
	inet_truncate(reader->list, first);
	return read_proc(source, reader);
}

/* --- all -------------------------------------------------------------------------------------- */

/* Names are kept by interface: a name takes a system call. */
struct interfaces {
	struct numbers numbers;
	const char **names;
	size_t room;
};

static const char *interface_name(struct interfaces *interfaces, struct list *list,
                                  uint32_t ifindex)
{
	size_t known = numbers_count(&interfaces->numbers);
	size_t place = numbers_add(&interfaces->numbers, ifindex);
	char name[IF_NAMESIZE];
	const char **names;

	if (place == NUMBERS_NONE || place < known)
		return place < known ? interfaces->names[place] : NULL;
	names = array_reserve(interfaces->names, &interfaces->room, known + 1, sizeof(*names));
	if (!names)
		return NULL;
	interfaces->names = names;
	names[place] = if_indextoname(ifindex, name) ? list_text(list, name, strlen(name)) : NULL;
	return names[place];
}

static void name_interfaces(struct list *list)
{
	struct interfaces interfaces = {.names = NULL};

	for (size_t i = 0; i < list->count; i++) {
		struct list_inet *inet = list_at(list, i);

		if (inet->ifindex)
			inet->interface = interface_name(&interfaces, list, inet->ifindex);
	}
	numbers_free(&interfaces.numbers);
	free(interfaces.names);
}

static int read_source(const struct source *source, struct netlink *netlink,
                       const struct list_request *request, struct list *list)
{
	struct inet_reader reader = {
		.request = request, .list = list, .protocol = source->protocol};
	size_t first = list->count;
	int err = source->protocol == LIST_SCTP ? read_sctp(netlink, &reader)
	                                        : read_other(source, netlink, &reader);

	if (!err && source->protocol == LIST_TCP && (request->extend || request->rich))
		err = inet_give_requests_users(list, first);
	if (!err)
		inet_drop_unwanted(request, list, first);
	return err;
}

/* Names what the kernel lacks. The first such protocol ends netstat; here the others are listed. */
static void add_missing(char *missing, size_t room, const struct source *source)
{
	size_t size = strlen(missing);

	snprintf(missing + size, room - size, "%s%s", size ? ", " : "", source->missing);
}

/* What was named and is no TCP is missing in a recording. */
static int read_recorded(const struct list_request *request, struct list *list, struct diag *diag)
{
	int err = 0;

	if (request->protocols & LIST_BIT(TCP))
		err = inet_read_recorded(request, list);
	if (err)
		return diag_fail(diag, err, "out of memory");
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		uint32_t bit = 1U << sources[i].protocol;

		if (bit != LIST_BIT(TCP) && request->protocols & request->named & bit)
			return diag_fail(diag, -EAFNOSUPPORT,
			                 "--from: a recording has no sockets but those of TCP");
	}
	return 0;
}

int inet_read(const struct list_request *request, struct list *list, struct diag *diag)
{
	struct netlink *netlink = NULL;
	char missing[256] = "";
	int err = 0;

	if (request->recorded)
		return read_recorded(request, list, diag);
	netlink_open(&netlink, NETLINK_SOCK_DIAG, NULL); /* without it: /proc/net */
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]) && !err; i++) {
		const struct source *source = &sources[i];

		if (!(request->protocols & 1U << source->protocol))
			continue;
		err = read_source(source, netlink, request, list);
		if (err == -ENOENT) {
			add_missing(missing, sizeof(missing), source);
			err = 0;
		} else if (err) {
			diag_fail(diag, err, "cannot read %s: %s", source->missing, strerror(-err));
		}
	}
	netlink_close(netlink);
	if (!err && request->rich)
		name_interfaces(list);
	if (!err && missing[0])
		return diag_fail(diag, -EAFNOSUPPORT, "%s", missing);
	return err;
}
