/* SPDX-License-Identifier: BSD-2-Clause */
/* Words for the numbers of rtnetlink (linux/rtnetlink.h), as ip-route(8) has them. */
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "list/route.h"

bool route_is_dead_end(const struct list_route *route)
{
	return route->kind == RTN_UNREACHABLE || route->kind == RTN_PROHIBIT ||
	       route->kind == RTN_BLACKHOLE || route->kind == RTN_THROW;
}

const char *route_kind_name(uint8_t kind)
{
	static const char *const names[] = {
		[RTN_UNICAST] = "unicast",
		[RTN_LOCAL] = "local",
		[RTN_BROADCAST] = "broadcast",
		[RTN_ANYCAST] = "anycast",
		[RTN_MULTICAST] = "multicast",
		[RTN_BLACKHOLE] = "blackhole",
		[RTN_UNREACHABLE] = "unreachable",
		[RTN_PROHIBIT] = "prohibit",
		[RTN_THROW] = "throw",
		[RTN_NAT] = "nat",
	};

	return kind < sizeof(names) / sizeof(names[0]) ? names[kind] : NULL;
}

const char *route_installer_name(uint8_t installed_by)
{
	static const struct {
		uint8_t number;
		const char *name;
	} names[] = {
		{RTPROT_REDIRECT, "redirect"}, {RTPROT_KERNEL, "kernel"},   {RTPROT_BOOT, "boot"},
		{RTPROT_STATIC, "static"},     {RTPROT_GATED, "gated"},     {RTPROT_RA, "ra"},
		{RTPROT_MRT, "mrt"},           {RTPROT_ZEBRA, "zebra"},     {RTPROT_BIRD, "bird"},
		{RTPROT_DNROUTED, "dnrouted"}, {RTPROT_XORP, "xorp"},       {RTPROT_NTK, "ntk"},
		{RTPROT_DHCP, "dhcp"},         {RTPROT_MROUTED, "mrouted"}, {18, "keepalived"},
		{RTPROT_BABEL, "babel"},       {RTPROT_BGP, "bgp"},         {RTPROT_ISIS, "isis"},
		{RTPROT_OSPF, "ospf"},         {RTPROT_RIP, "rip"},         {RTPROT_EIGRP, "eigrp"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == installed_by)
			return names[i].name;
	return NULL;
}

const char *route_scope_name(uint8_t scope)
{
	switch (scope) {
	case RT_SCOPE_UNIVERSE:
		return "global";
	case RT_SCOPE_SITE:
		return "site";
	case RT_SCOPE_LINK:
		return "link";
	case RT_SCOPE_HOST:
		return "host";
	case RT_SCOPE_NOWHERE:
		return "nowhere";
	default:
		return NULL;
	}
}

void route_flags_text(const struct list_route *route, char text[ROUTE_FLAGS_ROOM])
{
	static const struct {
		uint32_t flag;
		char letter;
	} letters[] = {
		{ROUTE_UP, 'U'},        {ROUTE_REJECT, '!'},   {ROUTE_GATEWAY, 'G'},
		{ROUTE_HOST, 'H'},      {ROUTE_DYNAMIC, 'D'},  {ROUTE_DEFAULT, 'D'},
		{ROUTE_MODIFIED, 'm'},  {ROUTE_ADDRCONF, 'A'}, {ROUTE_CACHE, 'C'},
		{ROUTE_ALLONLINK, 'a'}, {ROUTE_EXPIRES, 'e'},  {ROUTE_NONEXTHOP, 'n'},
		{ROUTE_FLOW, 'f'},
	};
	char *at = text;

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (route->flags & letters[i].flag)
			*at++ = letters[i].letter;
	*at = '\0';
}
