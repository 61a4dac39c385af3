/* SPDX-License-Identifier: BSD-2-Clause */
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "list/route.h"

#define ROUTE_GETTER(name)                                                                         \
	static void get_##name(const struct field_context *context, const void *object,            \
	                       struct value *value)

/* A number that 0 leaves unset. */
#define ROUTE_NUMBER(name, member)                                                                 \
	ROUTE_GETTER(name)                                                                         \
	{                                                                                          \
		const struct list_route *route = object;                                           \
                                                                                                   \
		(void)context;                                                                     \
		if (route->member)                                                                 \
			value_number(value, route->member);                                        \
	}

ROUTE_NUMBER(mtu, mtu)
ROUTE_NUMBER(tcp_window, window)
ROUTE_NUMBER(nexthop_id, nexthop_id)
ROUTE_NUMBER(next_hop, hop)
ROUTE_NUMBER(next_hops, hops)
ROUTE_NUMBER(weight, weight)
ROUTE_NUMBER(tos, tos)

static void put_address(struct value *value, uint8_t family, const uint8_t address[16])
{
	const struct endpoint endpoint = {.addr = address, .family = family};
	char text[ENDPOINT_SIZE];

	endpoint_host(&endpoint, text);
	value_print(value, "%s", text);
	value->type = VALUE_STRING;
}

/* The word of a number, or the number where it has none. */
static void put_word(struct value *value, const char *word, uint32_t number)
{
	if (word)
		value_string(value, word);
	else
		value_print(value, "%u", number);
}

ROUTE_GETTER(family)
{
	const struct list_route *route = object;

	(void)context;
	value_string(value, route->family == AF_INET ? "inet" : "inet6");
}

ROUTE_GETTER(destination)
{
	const struct list_route *route = object;

	(void)context;
	put_address(value, route->family, route->destination);
}

ROUTE_GETTER(prefix)
{
	const struct list_route *route = object;

	(void)context;
	value_number(value, route->prefix);
}

ROUTE_GETTER(genmask)
{
	const struct list_route *route = object;
	uint32_t mask = route->prefix ? UINT32_MAX << (32 - (route->prefix & 31)) % 32 : 0;

	(void)context;
	if (route->family == AF_INET)
		value_print(value, "%u.%u.%u.%u", mask >> 24, mask >> 16 & 255, mask >> 8 & 255,
		            mask & 255);
}

ROUTE_GETTER(gateway)
{
	const struct list_route *route = object;

	(void)context;
	if (route->gateway_family)
		put_address(value, route->gateway_family, route->gateway);
}

ROUTE_GETTER(iface)
{
	const struct list_route *route = object;

	(void)context;
	value_string(value, route->iface);
}

ROUTE_GETTER(route_kind)
{
	const struct list_route *route = object;

	(void)context;
	put_word(value, route_kind_name(route->kind), route->kind);
}

ROUTE_GETTER(route_flags)
{
	const struct list_route *route = object;
	char text[ROUTE_FLAGS_ROOM];

	(void)context;
	route_flags_text(route, text);
	value_print(value, "%s", text);
}

ROUTE_GETTER(metric)
{
	const struct list_route *route = object;

	(void)context;
	value_number(value, route->metric);
}

ROUTE_GETTER(ref)
{
	const struct list_route *route = object;

	(void)context;
	if (route->family == AF_INET6 && route->ref)
		value_number(value, route->ref);
}

ROUTE_GETTER(use)
{
	const struct list_route *route = object;

	(void)context;
	if (route->family == AF_INET6 || route->cached)
		value_number(value, route->use);
}

ROUTE_GETTER(mss)
{
	const struct list_route *route = object;

	(void)context;
	if (route->advmss)
		value_number(value, route->advmss);
}

ROUTE_GETTER(irtt)
{
	const struct list_route *route = object;

	(void)context;
	if (route->rtt)
		value_number(value, route->rtt / 8);
}

ROUTE_GETTER(route_table)
{
	const struct list_route *route = object;

	(void)context;
	value_string(value, route->table_name);
}

ROUTE_GETTER(route_table_number)
{
	const struct list_route *route = object;

	(void)context;
	value_number(value, route->table);
}

ROUTE_GETTER(installed_by)
{
	const struct list_route *route = object;

	(void)context;
	put_word(value, route_installer_name(route->installed_by), route->installed_by);
}

ROUTE_GETTER(scope)
{
	const struct list_route *route = object;

	(void)context;
	put_word(value, route_scope_name(route->scope), route->scope);
}

ROUTE_GETTER(preferred_source)
{
	const struct list_route *route = object;

	(void)context;
	if (route->has_source)
		put_address(value, route->family, route->source);
}

ROUTE_GETTER(from)
{
	const struct list_route *route = object;

	(void)context;
	if (!route->from_prefix)
		return;
	put_address(value, route->family, route->from);
	value_print_more(value, "/%u", route->from_prefix);
}

/* RFC 4191, section 2.1, as ICMPV6_ROUTER_PREF_ of linux/icmpv6.h */
ROUTE_GETTER(preference)
{
	static const char *const names[] = {"medium", "high", NULL, "low"};
	const struct list_route *route = object;

	(void)context;
	if (route->has_preference && route->preference < 4)
		value_string(value, names[route->preference]);
}

ROUTE_GETTER(expires)
{
	const struct list_route *route = object;

	(void)context;
	if (route->expires)
		value_duration(value, (uint64_t)route->expires * 1000000, true);
}

ROUTE_GETTER(hop_state)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} names[] = {
		{RTNH_F_DEAD, "dead"},         {RTNH_F_PERVASIVE, "pervasive"},
		{RTNH_F_ONLINK, "onlink"},     {RTNH_F_OFFLOAD, "offload"},
		{RTNH_F_LINKDOWN, "linkdown"}, {RTNH_F_UNRESOLVED, "unresolved"},
		{RTNH_F_TRAP, "trap"},
	};
	const struct list_route *route = object;

	(void)context;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(route->hop_flags & names[i].flag))
			continue;
		if (value->type == VALUE_NONE)
			value_print(value, "%s", names[i].name);
		else
			value_print_more(value, ",%s", names[i].name);
	}
}

ROUTE_GETTER(cached)
{
	const struct list_route *route = object;

	(void)context;
	value_bool(value, route->cached);
}

#define ROUTE_FIELD(name)                                                                          \
	{                                                                                          \
		.word = KEY(name), .get = get_##name                                               \
	}

const struct field route_fields[] = {
	ROUTE_FIELD(destination),  ROUTE_FIELD(gateway),     ROUTE_FIELD(genmask),
	ROUTE_FIELD(prefix),       ROUTE_FIELD(route_flags), ROUTE_FIELD(mss),
	ROUTE_FIELD(tcp_window),   ROUTE_FIELD(irtt),        ROUTE_FIELD(metric),
	ROUTE_FIELD(ref),          ROUTE_FIELD(use),         ROUTE_FIELD(iface),
	ROUTE_FIELD(route_kind),   ROUTE_FIELD(route_table), ROUTE_FIELD(route_table_number),
	ROUTE_FIELD(installed_by), ROUTE_FIELD(scope),       ROUTE_FIELD(preferred_source),
	ROUTE_FIELD(from),         ROUTE_FIELD(tos),         ROUTE_FIELD(mtu),
	ROUTE_FIELD(next_hop),     ROUTE_FIELD(next_hops),   ROUTE_FIELD(weight),
	ROUTE_FIELD(nexthop_id),   ROUTE_FIELD(hop_state),   ROUTE_FIELD(preference),
	ROUTE_FIELD(expires),      ROUTE_FIELD(cached),      ROUTE_FIELD(family),
};
const size_t route_fields_count = sizeof(route_fields) / sizeof(route_fields[0]);
