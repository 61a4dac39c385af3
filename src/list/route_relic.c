/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/route_relic.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "list/cell_text.h"
#include "list/file_text.h"

/* --- fields ----------------------------------------------------------------------------------- */

#define RELIC_STRING(name, member)                                                                 \
	static void get_##name(const struct field_context *context, const void *object,            \
	                       struct value *value)                                                \
	{                                                                                          \
		const struct list_relic_route *route = object;                                     \
                                                                                                   \
		(void)context;                                                                     \
		value_string(value, route->member);                                                \
	}

#define RELIC_NUMBER(name, member, known)                                                          \
	static void get_##name(const struct field_context *context, const void *object,            \
	                       struct value *value)                                                \
	{                                                                                          \
		const struct list_relic_route *route = object;                                     \
                                                                                                   \
		(void)context;                                                                     \
		if (route->known)                                                                  \
			value_number(value, route->member);                                        \
	}

RELIC_STRING(destination, destination)
RELIC_STRING(gateway, gateway)
RELIC_STRING(iface, iface)
RELIC_STRING(route_mnemonic, mnemonic)
RELIC_STRING(route_neighbour, neighbour)
RELIC_STRING(route_mode, mode)
RELIC_STRING(route_digipeaters, digipeaters)
RELIC_STRING(router_net, router_net)
RELIC_STRING(router_node, router_node)
RELIC_STRING(route_flags, flags)
RELIC_NUMBER(route_quality, quality, has_quality)
RELIC_NUMBER(neighbour, number, has_number)

static void neighbours_json(const struct field_context *context, const void *object,
                            struct buffer *json)
{
	const struct list_relic_route *first = object;

	(void)context;
	buffer_text(json, "[");
	for (const struct list_relic_route *at = first; at; at = at->next) {
		buffer_text(json, at == first ? "{" : ",{");
		member_number(json, KEY(neighbour), at->number);
		member_string(json, KEY(route_neighbour), at->neighbour);
		member_string(json, KEY(iface), at->iface);
		buffer_text(json, "}");
	}
	buffer_text(json, "]");
}

static void get_route_neighbours(const struct field_context *context, const void *object,
                                 struct value *value)
{
	const struct list_relic_route *route = object;
	uint64_t count = 0;

	(void)context;
	for (const struct list_relic_route *at = route; at && at->has_number; at = at->next)
		value_print_more(value, "%s%05u/%s/%s", count++ ? "," : "", at->number,
		                 at->neighbour ? at->neighbour : "-", at->iface ? at->iface : "-");
	value_list(value, count, neighbours_json);
}

#define RELIC_FIELD(name)                                                                          \
	{                                                                                          \
		.word = KEY(name), .get = get_##name                                               \
	}

static const struct field ax25_fields[] = {
	RELIC_FIELD(destination),
	RELIC_FIELD(iface),
	RELIC_FIELD(route_mode),
	RELIC_FIELD(route_digipeaters),
};
static const struct field netrom_fields[] = {
	RELIC_FIELD(destination),     RELIC_FIELD(route_mnemonic), RELIC_FIELD(route_quality),
	RELIC_FIELD(route_neighbour), RELIC_FIELD(iface),          RELIC_FIELD(neighbour),
};
static const struct field rose_fields[] = {
	RELIC_FIELD(destination),
	RELIC_FIELD(route_neighbours),
};
static const struct field ipx_fields[] = {
	RELIC_FIELD(destination),
	RELIC_FIELD(router_net),
	RELIC_FIELD(router_node),
};
static const struct field ddp_fields[] = {
	RELIC_FIELD(destination),
	RELIC_FIELD(gateway),
	RELIC_FIELD(iface),
	RELIC_FIELD(route_flags),
};
static const struct field x25_fields[] = {
	RELIC_FIELD(destination),
	RELIC_FIELD(iface),
};

/* --- reading ---------------------------------------------------------------------------------- */

/* Reads the first of the paths that is a file. */
static int read_text(struct list *list, const char *path, const char *other, const char *missing,
                     char **text, struct diag *diag)
{
	size_t size;
	int err = file_text(list, path, text, &size);

	if (err && other)
		err = file_text(list, other, text, &size);
	if (err == -ENOENT || err == -EISDIR)
		return diag_fail(diag, -EAFNOSUPPORT, "%s not configured in this system.", missing);
	return err ? diag_fail(diag, err, "%s: %s", path, strerror(-err)) : 0;
}

static int parse(int err, struct diag *diag)
{
	return err ? diag_fail(diag, err, "routes: %s", strerror(-err)) : 0;
}

static int read_ax25(const struct list_request *request, struct list *list, struct diag *diag)
{
	char *text;
	int err = read_text(list, "/proc/net/ax25_route", NULL, "AX.25", &text, diag);

	(void)request;
	return err ? err : parse(relic_route_ax25(list, text), diag);
}

static int read_netrom(const struct list_request *request, struct list *list, struct diag *diag)
{
	char *nodes, *neighbours;
	int err = read_text(list, "/proc/net/nr_nodes", NULL, "NET/ROM", &nodes, diag);

	(void)request;
	if (!err)
		err = read_text(list, "/proc/net/nr_neigh", NULL, "NET/ROM", &neighbours, diag);
	return err ? err : parse(relic_route_netrom(list, nodes, neighbours), diag);
}

static int read_rose(const struct list_request *request, struct list *list, struct diag *diag)
{
	char *nodes, *neighbours;
	int err = read_text(list, "/proc/net/rose_nodes", NULL, "ROSE", &nodes, diag);

	(void)request;
	if (!err)
		err = read_text(list, "/proc/net/rose_neigh", NULL, "ROSE", &neighbours, diag);
	return err ? err : parse(relic_route_rose(list, nodes, neighbours), diag);
}

static int read_ipx(const struct list_request *request, struct list *list, struct diag *diag)
{
	char *text;
	int err = read_text(list, "/proc/net/ipx/route", "/proc/net/ipx_route", "IPX", &text, diag);

	(void)request;
	return err ? err : parse(relic_route_ipx(list, text), diag);
}

static int read_ddp(const struct list_request *request, struct list *list, struct diag *diag)
{
	char *text;
	int err = read_text(list, "/proc/net/atalk/route", "/proc/net/atalk_route",
	                    "DDP (AppleTalk)", &text, diag);

	(void)request;
	return err ? err : parse(relic_route_ddp(list, text), diag);
}

static int read_x25(const struct list_request *request, struct list *list, struct diag *diag)
{
	char *text;
	int err =
		read_text(list, "/proc/net/x25/route", "/proc/net/x25_routes", "X.25", &text, diag);

	(void)request;
	return err ? err : parse(relic_route_x25(list, text), diag);
}

/* --- text ------------------------------------------------------------------------------------- */

static void cells(struct list_layout *layout, const char *title, const char *headings,
                  const struct list_cell *rows, size_t count)
{
	*layout = (struct list_layout){.title = title,
	                               .headings = headings,
	                               .cells = rows,
	                               .count = count,
	                               .trailing = true};
}

static void ax25_layout(const struct list_request *request, struct list_layout *layout)
{
	/* The use is a number that no kernel tells. */
	static const struct list_cell row[] = {
		{.key = "destination", .width = 9},
		{.key = "iface", .width = 5, .before = "    "},
		{.key = "use", .width = -5, .before = "  ", .none = "0"}};

	(void)request;
	cells(layout, "Kernel AX.25 routing table\n", "Destination  Iface    Use\n", row, 3);
}

static void netrom_layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell row[] = {
		{.key = "destination", .width = 9},
		{.key = "route_mnemonic", .width = 7, .before = "    "},
		{.key = "route_quality", .width = -3, .before = "   ", .none = "-"},
		{.key = "route_neighbour", .width = 9, .before = "      ", .none = "-"},
		{.key = "iface", .width = 4, .before = "  ", .none = "-"},
	};

	(void)request;
	cells(layout, "Kernel NET/ROM routing table\n",
	      "Destination  Mnemonic  Quality  Neighbour  Iface\n", row, 5);
}

static void rose_layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell row[] = {{.key = "destination"}, {.key = "route_neighbours"}};

	(void)request;
	cells(layout, "Kernel ROSE routing table\n",
	      "Destination  neigh1 callsign  device  neigh2 callsign  device  neigh3 callsign  "
	      "device\n",
	      row, 2);
}

static bool rose_text(const struct list_request *request, const struct field_context *context,
                      const void *record, struct buffer *out)
{
	const struct list_relic_route *route = record;

	(void)request;
	(void)context;
	cell_text(out, route->destination, 10, 0);
	buffer_text(out, "   ");
	for (; route; route = route->next) {
		if (route->has_number)
			buffer_print(out, "%05u  ", route->number);
		if (!route->neighbour)
			continue;
		cell_text(out, route->neighbour, 10, 0);
		buffer_text(out, "   ");
		cell_text(out, route->iface, 4, 0);
		buffer_text(out, " ");
	}
	buffer_text(out, "\n");
	return true;
}

static void ipx_layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell row[] = {{.key = "destination", .width = 25},
	                                       {.key = "router_net", .width = 25},
	                                       {.key = "router_node", .width = 25}};

	(void)request;
	cells(layout, "Kernel IPX routing table\n",
	      "Destination               Router Net                Router Node\n", row, 3);
}

static void ddp_layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell row[] = {{.key = "destination", .width = 16},
	                                       {.key = "gateway", .width = 16, .before = ""},
	                                       {.key = "iface", .width = 16, .before = ""},
	                                       {.key = "route_flags", .before = ""}};

	(void)request;
	cells(layout, "", "Destination     Gateway         Device          Flags\n", row, 4);
}

static void x25_layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell row[] = {{.key = "destination", .width = 20},
	                                       {.key = "iface"}};

	(void)request;
	cells(layout, "Kernel X.25 routing table\n", "Destination          Iface\n", row, 2);
}

#define RELIC_ROUTES(which, of_family, writes)                                                     \
	static const size_t which##_field_count =                                                  \
		sizeof(which##_fields) / sizeof(which##_fields[0]);                                \
	const struct listing listing_##which##_route = {                                           \
		.name = #which "_route",                                                           \
		.mode = LIST_ROUTES,                                                               \
		.family = of_family,                                                               \
		.record = sizeof(struct list_relic_route),                                         \
		.fields = which##_fields,                                                          \
		.field_count = &which##_field_count,                                               \
		.read = read_##which,                                                              \
		.layout = which##_layout,                                                          \
		.text = writes,                                                                    \
	}

RELIC_ROUTES(ax25, LIST_FAMILY_AX25, NULL);
RELIC_ROUTES(netrom, LIST_FAMILY_NETROM, NULL);
RELIC_ROUTES(rose, LIST_FAMILY_ROSE, rose_text);
RELIC_ROUTES(ipx, LIST_FAMILY_IPX, NULL);
RELIC_ROUTES(ddp, LIST_FAMILY_DDP, NULL);
RELIC_ROUTES(x25, LIST_FAMILY_X25, NULL);
