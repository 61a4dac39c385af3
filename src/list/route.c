/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The listings of routes: by rtnetlink, which tells what /proc/net/route hides (other tables, all next hops,
 * gateways of the other family, what a route without an interface does).
 */
#include "list/route.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "list/file_text.h"
#include "list/links.h"
#include "list/netlink.h"

#define PROC6 "/proc/net/ipv6_route"

struct reading {
	struct netlink *netlink;
	struct list *list;
	struct links links;
	struct route_nexthops nexthops;
	uint8_t family;
	bool cached;
	uint32_t table; /* or ROUTE_TABLE_ALL */
};

static bool is_left_out(const struct reading *reading, const struct list_route *route)
{
	if (reading->cached != route->cached)
		return true;
	return reading->table != ROUTE_TABLE_ALL && route->table != reading->table;
}

static int take_route(const struct nlmsghdr *message, void *arg)
{
	const struct reading *reading = arg;
	struct list *list = reading->list;
	size_t first = list->count, kept = first;
	int err = route_take(list, reading->family, message);

	for (size_t i = first; i < list->count; i++)
		if (!is_left_out(reading, list_at(list, i)))
			memmove(list_at(list, kept++), list_at(list, i), sizeof(struct list_route));
	while (list->count > kept)
		list_drop(list);
	return err;
}

static int take_nexthop(const struct nlmsghdr *message, void *arg)
{
	struct reading *reading = arg;

	return route_take_nexthop(&reading->nexthops, message);
}

static void forget_nexthops(void *arg)
{
	struct reading *reading = arg;

	route_nexthops_free(&reading->nexthops);
}

/* Kernels before 5.3 have no such objects. */
static int read_nexthops(struct reading *reading, struct diag *diag)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *request = netlink_request(buffer, RTM_GETNEXTHOP, sizeof(struct nhmsg));
	const struct netlink_dump dump = {
		.message = take_nexthop, .again = forget_nexthops, .arg = reading};

	return netlink_dump(reading->netlink, request, &dump, diag);
}

/* A table that is asked for by the kernel's filter (4.20); one that does not exist has no routes. */
static int dump_routes(struct reading *reading, struct diag *diag)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *request = netlink_request(buffer, RTM_GETROUTE, sizeof(struct rtmsg));
	struct rtmsg *header = mnl_nlmsg_get_payload(request);
	int err;

	header->rtm_family = reading->family;
	header->rtm_flags = reading->cached ? RTM_F_CLONED : 0;
	if (reading->table != ROUTE_TABLE_ALL)
		mnl_attr_put_u32(request, RTA_TABLE, reading->table);
	err = netlink_dump_list(reading->netlink, request, reading->list, take_route, reading,
	                        diag);
	return err == -ENOENT ? 0 : err;
}

static bool names_objects(const struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (((const struct list_route *)list_at(list, i))->nexthop_id)
			return true;
	return false;
}

static int name_interfaces(struct reading *reading)
{
	for (size_t i = 0; i < reading->list->count; i++) {
		struct list_route *route = list_at(reading->list, i);

		route->iface = links_name(&reading->links, reading->list, route->ifindex);
		if (!route->iface)
			return -ENOMEM;
	}
	return 0;
}

static int add_proc6(struct reading *reading)
{
	char *text;
	size_t size;

	if (reading->family != AF_INET6 || reading->cached ||
	    file_text(reading->list, PROC6, &text, &size))
		return 0;
	return route_add_proc6(reading->list, text);
}

static int read_all(struct reading *reading, struct diag *diag)
{
	int err = dump_routes(reading, diag);

	if (!err)
		err = links_read(&reading->links, reading->netlink, reading->list, diag);
	if (!err && names_objects(reading->list)) {
		read_nexthops(reading, diag);
		err = route_resolve(reading->list, 0, &reading->nexthops);
	}
	if (!err)
		err = name_interfaces(reading);
	if (!err)
		err = add_proc6(reading);
	if (!err)
		err = route_name_tables(reading->list, 0);
	return err;
}

/*
 * netstat's default: of IPv4 the table main; of IPv6 all tables, as in /proc/net/ipv6_route.
 */
static int choose_table(const struct list_request *request, struct reading *reading,
                        struct diag *diag)
{
	reading->table =
		reading->family == AF_INET && !reading->cached ? RT_TABLE_MAIN : ROUTE_TABLE_ALL;
	if (!request->table)
		return 0;
	return route_table_number(reading->list, request->table, &reading->table, diag);
}

static int read_routes(const struct list_request *request, struct list *list, uint8_t family,
                       bool cached, struct diag *diag)
{
	struct reading reading = {.list = list, .family = family, .cached = cached};
	struct diag why = {""};
	int err = choose_table(request, &reading, diag);

	if (err)
		return err;
	err = netlink_open(&reading.netlink, NETLINK_ROUTE, &why);
	if (!err)
		err = read_all(&reading, &why);
	netlink_close(reading.netlink);
	links_free(&reading.links);
	route_nexthops_free(&reading.nexthops);
	if (err == -EOPNOTSUPP || err == -EAFNOSUPPORT)
		return diag_fail(diag, -EAFNOSUPPORT, "AF INET%s", family == AF_INET6 ? "6" : "");
	if (err)
		return diag_fail(diag, err, "routes: the kernel refused to list them: %s",
		                 why.text[0] ? why.text : strerror(-err));
	return 0;
}

/* --- the listings ----------------------------------------------------------------------------- */

static bool wants_table(const struct list_request *request)
{
	return request->fib || !request->cache;
}

static int read4(const struct list_request *request, struct list *list, struct diag *diag)
{
	return wants_table(request) ? read_routes(request, list, AF_INET, false, diag) : 0;
}

static int read6(const struct list_request *request, struct list *list, struct diag *diag)
{
	return wants_table(request) ? read_routes(request, list, AF_INET6, false, diag) : 0;
}

static int read_cache4(const struct list_request *request, struct list *list, struct diag *diag)
{
	return request->cache ? read_routes(request, list, AF_INET, true, diag) : 0;
}

static int read_cache6(const struct list_request *request, struct list *list, struct diag *diag)
{
	return request->cache ? read_routes(request, list, AF_INET6, true, diag) : 0;
}

/* Columns of the three forms; route_text.c writes the rows. */
static const struct list_cell columns[] = {
	{.key = "destination"}, {.key = "gateway"},    {.key = "genmask"}, {.key = "route_flags"},
	{.key = "mss"},         {.key = "tcp_window"}, {.key = "irtt"},    {.key = "iface"},
};
static const struct list_cell columns_e[] = {
	{.key = "destination"}, {.key = "gateway"}, {.key = "genmask"}, {.key = "route_flags"},
	{.key = "metric"},      {.key = "ref"},     {.key = "use"},     {.key = "iface"},
};
static const struct list_cell columns_ee[] = {
	{.key = "destination"}, {.key = "gateway"},    {.key = "genmask"}, {.key = "route_flags"},
	{.key = "metric"},      {.key = "ref"},        {.key = "use"},     {.key = "iface"},
	{.key = "mss"},         {.key = "tcp_window"}, {.key = "irtt"},
};
static const struct list_cell columns6[] = {
	{.key = "destination"}, {.key = "prefix"}, {.key = "gateway"}, {.key = "route_flags"},
	{.key = "metric"},      {.key = "ref"},    {.key = "use"},     {.key = "iface"},
};

#define COLUMNS(layout, list)                                                                      \
	((layout)->cells = (list), (layout)->count = sizeof(list) / sizeof((list)[0]))

static void choose_columns(const struct list_request *request, struct list_layout *layout)
{
	if (!request->extend)
		COLUMNS(layout, columns);
	else if (request->extend == 1)
		COLUMNS(layout, columns_e);
	else
		COLUMNS(layout, columns_ee);
}

/* Nothing to print: the other of the table and its cache was asked for. */
static void no_layout(struct list_layout *layout)
{
	*layout = (struct list_layout){.title = "", .headings = ""};
}

static void layout4(const struct list_request *request, struct list_layout *layout)
{
	no_layout(layout);
	if (!wants_table(request))
		return;
	choose_columns(request, layout);
	layout->title = "Kernel IP routing table\n";
	if (!request->extend)
		layout->headings = "Destination     Gateway         Genmask         Flags   MSS "
				   "Window  irtt Iface\n";
	else if (request->extend == 1)
		layout->headings = "Destination     Gateway         Genmask         Flags Metric "
				   "Ref    Use Iface\n";
	else
		layout->headings = "Destination     Gateway         Genmask         Flags Metric "
				   "Ref    Use Iface    "
				   "MSS   Window irtt\n";
}

static void layout_cache4(const struct list_request *request, struct list_layout *layout)
{
	no_layout(layout);
	if (!request->cache)
		return;
	choose_columns(request, layout);
	layout->title = "Kernel IP routing cache\n";
	if (!request->extend)
		layout->headings = "Source          Destination     Gateway         Flags   MSS "
				   "Window  irtt Iface\n";
	else if (request->extend == 1)
		layout->headings = "Source          Destination     Gateway         Flags Metric "
				   "Ref    Use Iface\n";
	else
		layout->headings = "Source          Destination     Gateway         Flags Metric "
				   "Ref    Use Iface    "
				   "MSS   Window irtt  TOS HHRef HHUptod     SpecDst\n";
}

static void layout6(const struct list_request *request, struct list_layout *layout)
{
	no_layout(layout);
	if (!wants_table(request))
		return;
	COLUMNS(layout, columns6);
	layout->title = "Kernel IPv6 routing table\n";
	layout->headings =
		"Destination                    Next Hop                   Flag Met Ref  Use If\n";
}

static void layout_cache6(const struct list_request *request, struct list_layout *layout)
{
	no_layout(layout);
	if (!request->cache)
		return;
	COLUMNS(layout, columns6);
	layout->title = "Kernel IPv6 routing cache\n";
	layout->headings =
		"Destination                    Next Hop                   Flag Met Ref  Use If\n";
}

static bool text(const struct list_request *request, const struct field_context *context,
                 const void *record, struct buffer *out)
{
	const struct list_route *route = record;

	if (route->family == AF_INET)
		route4_text(request, context, route, out);
	else
		route6_text(request, context, route, out);
	return true;
}

#define ROUTES(which, of_family, reads, lays_out)                                                  \
	const struct listing listing_##which = {                                                   \
		.name = "route",                                                                   \
		.mode = LIST_ROUTES,                                                               \
		.family = of_family,                                                               \
		.record = sizeof(struct list_route),                                               \
		.fields = route_fields,                                                            \
		.field_count = &route_fields_count,                                                \
		.read = reads,                                                                     \
		.layout = lays_out,                                                                \
		.text = text,                                                                      \
	}

ROUTES(route, LIST_FAMILY_INET, read4, layout4);
ROUTES(route_cache, LIST_FAMILY_INET, read_cache4, layout_cache4);
ROUTES(route6, LIST_FAMILY_INET6, read6, layout6);
ROUTES(route_cache6, LIST_FAMILY_INET6, read_cache6, layout_cache6);
