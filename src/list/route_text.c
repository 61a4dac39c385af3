/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes in the columns of netstat. */
#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "field/endpoint.h"
#include "list/cell_text.h"
#include "list/route.h"
#include "table/names.h"

#define CUT       15
#define IFACE_CUT 6 /* of -ee */

static void address_text(uint8_t family, const uint8_t address[16], char text[ENDPOINT_SIZE])
{
	const struct endpoint endpoint = {.addr = address, .family = family};

	endpoint_host(&endpoint, text);
}

static bool is_null(const uint8_t *address, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (address[i])
			return false;
	return true;
}

/* The name of a host; else its address, in `number`. */
static const char *host_text(const struct field_context *context, uint8_t family,
                             const uint8_t address[16], char number[ENDPOINT_SIZE])
{
	const char *name = NULL;

	if (!context->numeric_hosts && !is_null(address, family == AF_INET ? 4 : 16))
		name = names_query(value_names(context), name_key_host(family, address));
	address_text(family, address, number);
	return name && *name ? name : number;
}

static const char *gateway_text(const struct field_context *context, const struct list_route *route,
                                char number[ENDPOINT_SIZE])
{
	static const uint8_t none[16];

	if (route->gateway_family)
		return host_text(context, route->gateway_family, route->gateway, number);
	return host_text(context, route->family, none, number);
}

/* The name of a network (networks(5)); else its address. */
static const char *network_text(const struct field_context *context, const uint8_t address[16],
                                char number[ENDPOINT_SIZE])
{
	const char *name;
	uint32_t network;

	memcpy(&network, address, sizeof(network));
	name = names_query(value_names(context), name_key_number(NAME_NETWORK, ntohl(network)));
	address_text(AF_INET, address, number);
	return name && *name ? name : number;
}

static const char *destination_text(const struct field_context *context,
                                    const struct list_route *route, char number[ENDPOINT_SIZE])
{
	if (context->numeric_hosts)
		address_text(AF_INET, route->destination, number);
	else if (!route->prefix)
		return "default";
	else if (route->prefix == 32)
		return host_text(context, AF_INET, route->destination, number);
	else
		return network_text(context, route->destination, number);
	return number;
}

static void mask_text(uint8_t prefix, char text[ENDPOINT_SIZE])
{
	uint32_t mask = prefix ? UINT32_MAX << (32 - prefix) : 0;

	snprintf(text, ENDPOINT_SIZE, "%u.%u.%u.%u", mask >> 24, mask >> 16 & 255, mask >> 8 & 255,
	         mask & 255);
}

/* netstat has no word for blackhole and throw, and lists them as routes that work. */
static const char *iface_text(const struct list_route *route)
{
	if (route->kind == RTN_BLACKHOLE || route->kind == RTN_THROW)
		return route_kind_name(route->kind);
	if (route->family == AF_INET && route_is_dead_end(route))
		return "-";
	return *route->iface ? route->iface : "*";
}

/* "-" instead of a number that a dead end does not have. */
static void number_text(struct buffer *out, const struct list_route *route, uint64_t number,
                        int width)
{
	if (route_is_dead_end(route))
		cell_text(out, "-", width, 0);
	else
		cell_number(out, number, width);
}

/* As /proc/net/route: with room for the headers of IP and TCP, without options. */
static uint32_t mss_of(const struct list_route *route)
{
	return route->advmss ? route->advmss + 40 : 0;
}

static void sizes_text(struct buffer *out, const struct list_route *route, bool last)
{
	number_text(out, route, mss_of(route), last ? 5 : -5);
	buffer_text(out, " ");
	number_text(out, route, route->window, last ? 6 : 5);
	buffer_text(out, " ");
	number_text(out, route, route->rtt / 8, last ? 0 : -6);
}

static void end_row(const struct list_request *request, const struct list_route *route,
                    struct buffer *out)
{
	if (request->table) {
		buffer_text(out, " table ");
		cell_text(out, route->table_name ? route->table_name : "-", 0, 0);
	}
	buffer_text(out, "\n");
}

/* The interface, and what stands around it. */
static void rest_text(const struct list_request *request, const struct field_context *context,
                      const struct list_route *route, struct buffer *out)
{
	bool both = request->extend > 1;

	if (!request->extend) {
		sizes_text(out, route, false);
		buffer_text(out, " ");
		cell_text(out, iface_text(route), 0, 0);
		return;
	}
	cell_number(out, route->metric, 6);
	buffer_text(out, " ");
	number_text(out, route, route->ref, both ? 3 : 2);
	buffer_text(out, " ");
	cell_number(out, route->use, both ? -6 : -7);
	buffer_text(out, " ");
	cell_text(out, iface_text(route), both ? 6 : 0, both && !context->wide ? IFACE_CUT : 0);
	if (both) {
		buffer_text(out, "   ");
		sizes_text(out, route, true);
	}
}

void route4_text(const struct list_request *request, const struct field_context *context,
                 const struct list_route *route, struct buffer *out)
{
	unsigned int cut = context->wide ? 0 : CUT;
	char number[ENDPOINT_SIZE], flags[ROUTE_FLAGS_ROOM];

	if (route->cached) {
		cell_text(out, host_text(context, AF_INET, route->from, number), 15, cut);
		buffer_text(out, " ");
	}
	cell_text(out, destination_text(context, route, number), 15, cut);
	buffer_text(out, " ");
	if (route_is_dead_end(route))
		cell_text(out, "-", 15, 0);
	else
		cell_text(out, gateway_text(context, route, number), 15, cut);
	buffer_text(out, " ");
	if (!route->cached) {
		mask_text(route->prefix, number);
		cell_text(out, number, 15, 0);
		buffer_text(out, " ");
	}
	route_flags_text(route, flags);
	cell_text(out, flags, 5, 0);
	buffer_text(out, " ");
	rest_text(request, context, route, out);
	end_row(request, route, out);
}

/* netstat writes the unspecified address "[::]" beside names. */
static const char *host6_text(const struct field_context *context, const uint8_t address[16],
                              char number[ENDPOINT_SIZE])
{
	if (!context->numeric_hosts && is_null(address, 16))
		return "[::]";
	return host_text(context, AF_INET6, address, number);
}

void route6_text(const struct list_request *request, const struct field_context *context,
                 const struct list_route *route, struct buffer *out)
{
	char number[ENDPOINT_SIZE], text[512], flags[ROUTE_FLAGS_ROOM];

	snprintf(text, sizeof(text), "%s/%u", host6_text(context, route->destination, number),
	         route->prefix);
	cell_text(out, text, 30, 0);
	buffer_text(out, " ");
	if (route->gateway_family == AF_INET)
		cell_text(out, gateway_text(context, route, number), 26, 0);
	else
		cell_text(out, host6_text(context, route->gateway, number), 26, 0);
	buffer_text(out, " ");
	route_flags_text(route, flags);
	cell_text(out, flags, 4, 0);
	buffer_text(out, " ");
	cell_number(out, route->metric, 3);
	buffer_text(out, " ");
	cell_number(out, route->ref, 1);
	buffer_text(out, " ");
	cell_number(out, route->use, -6);
	buffer_text(out, " ");
	cell_text(out, *iface_text(route) == '*' ? "" : iface_text(route), 0, 0);
	end_row(request, route, out);
}
