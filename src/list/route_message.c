/* SPDX-License-Identifier: BSD-2-Clause */
/* What RTM_NEWROUTE and RTM_NEWNEXTHOP say. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "list/netlink_message.h"
#include "list/route.h"

#define ROUTE_MOST RTA_NH_ID

#define REDIRECTED 0x00040000U /* RTCF_REDIRECTED (linux/in_route.h) */

static size_t address_size(uint8_t family)
{
	return family == AF_INET ? 4 : 16;
}

/* A prefix longer than its address would read beyond it later. */
static bool header_is_sound(const struct rtmsg *header, uint8_t family)
{
	size_t bits = address_size(family) * 8;

	return header->rtm_family == family && header->rtm_dst_len <= bits &&
	       header->rtm_src_len <= bits;
}

static void take_gateway(struct list_route *route, const struct nlattr *gateway,
                         const struct nlattr *via)
{
	struct {
		uint16_t family;
		uint8_t address[16];
	} other;

	if (netlink_bytes(gateway, route->gateway, address_size(route->family))) {
		route->gateway_family = route->family;
	} else if (netlink_struct(via, &other, sizeof(other)) &&
	           (other.family == AF_INET || other.family == AF_INET6)) {
		memcpy(route->gateway, other.address, address_size((uint8_t)other.family));
		route->gateway_family = (uint8_t)other.family;
	}
}

static void take_metrics(struct list_route *route, const struct nlattr *metrics)
{
	const struct nlattr *found[RTAX_ADVMSS + 1];

	if (netlink_nested(metrics, found, RTAX_ADVMSS))
		return;
	netlink_u32(found[RTAX_MTU], &route->mtu);
	netlink_u32(found[RTAX_WINDOW], &route->window);
	netlink_u32(found[RTAX_RTT], &route->rtt);
	netlink_u32(found[RTAX_ADVMSS], &route->advmss);
}

/* Times are in clock ticks of user space (USER_HZ, 100 a second). */
static void take_cacheinfo(struct list_route *route, const struct nlattr *attr)
{
	struct rta_cacheinfo info;

	if (!netlink_struct(attr, &info, sizeof(info)))
		return;
	route->use = info.rta_used;
	if (info.rta_expires > 0)
		route->expires = (uint32_t)info.rta_expires * 10U;
}

static void take_letters(struct list_route *route, uint32_t message_flags)
{
	route->flags = route_is_dead_end(route) ? ROUTE_REJECT : ROUTE_UP;
	if (route->gateway_family)
		route->flags |= ROUTE_GATEWAY;
	if (route->family == AF_INET && route->prefix == 32)
		route->flags |= ROUTE_HOST;
	if (route->cached && message_flags & REDIRECTED)
		route->flags |= ROUTE_DYNAMIC;
	if (route->family == AF_INET)
		return;
	/* net/ipv6/route.c: these have no next hop by nature. */
	if (route->flags & ROUTE_REJECT || route->kind == RTN_LOCAL || route->kind == RTN_ANYCAST)
		route->flags |= ROUTE_NONEXTHOP;
	if (route->expires)
		route->flags |= ROUTE_EXPIRES;
	if (route->installed_by == RTPROT_RA)
		route->flags |= ROUTE_ADDRCONF | (route->prefix ? 0 : ROUTE_DEFAULT);
}

static void take_attributes(struct list_route *route, const struct nlattr *const *found)
{
	size_t size = address_size(route->family);

	netlink_bytes(found[RTA_DST], route->destination, size);
	netlink_bytes(found[RTA_SRC], route->from, size);
	route->has_source = netlink_bytes(found[RTA_PREFSRC], route->source, size);
	netlink_u32(found[RTA_TABLE], &route->table);
	netlink_u32(found[RTA_PRIORITY], &route->metric);
	netlink_u32(found[RTA_OIF], &route->ifindex);
	netlink_u32(found[RTA_NH_ID], &route->nexthop_id);
	route->has_preference = netlink_u8(found[RTA_PREF], &route->preference);
	take_gateway(route, found[RTA_GATEWAY], found[RTA_VIA]);
	take_metrics(route, found[RTA_METRICS]);
	take_cacheinfo(route, found[RTA_CACHEINFO]);
}

static int add(struct list *list, const struct list_route *route)
{
	struct list_route *added = list_add(list);

	if (!added)
		return -ENOMEM;
	*added = *route;
	return 0;
}

/* Steps over struct rtnexthop, each of which says its length. NULL: no more, or the length lies. */
static const struct rtnexthop *next_hop(const char **at, const char *end)
{
	const struct rtnexthop *hop = (const void *)*at;

	if ((size_t)(end - *at) < sizeof(*hop) || hop->rtnh_len < sizeof(*hop) ||
	    hop->rtnh_len > end - *at)
		return NULL;
	*at += MNL_ALIGN(hop->rtnh_len);
	if (*at > end)
		*at = end;
	return hop;
}

static int add_hop(struct list *list, const struct list_route *route, const struct rtnexthop *hop,
                   uint32_t message_flags)
{
	const struct nlattr *found[RTA_VIA + 1];
	struct list_route copy = *route;

	if (netlink_attributes(hop + 1, hop->rtnh_len - sizeof(*hop), found, RTA_VIA))
		return -EBADMSG;
	take_gateway(&copy, found[RTA_GATEWAY], found[RTA_VIA]);
	copy.ifindex = (uint32_t)hop->rtnh_ifindex;
	copy.hop_flags = hop->rtnh_flags;
	copy.weight = hop->rtnh_hops + 1U;
	take_letters(&copy, message_flags);
	return add(list, &copy);
}

static int add_hops(struct list *list, struct list_route *route, const struct nlattr *hops,
                    uint32_t message_flags)
{
	const char *at = mnl_attr_get_payload(hops), *end = at + mnl_attr_get_payload_len(hops);
	const struct rtnexthop *hop;
	size_t first = list->count;
	int err = 0;

	while (!err && at < end && (hop = next_hop(&at, end))) {
		route->hop++;
		err = add_hop(list, route, hop, message_flags);
	}
	for (size_t i = first; i < list->count; i++)
		((struct list_route *)list_at(list, i))->hops = route->hop;
	if (!err && at < end)
		err = -EBADMSG;
	return err;
}

int route_take(struct list *list, uint8_t family, const struct nlmsghdr *message)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *found[ROUTE_MOST + 1];
	struct list_route route = {.family = family};

	if (message->nlmsg_type != RTM_NEWROUTE)
		return 0;
	if (netlink_payload(message, sizeof(*header), found, ROUTE_MOST))
		return -EBADMSG;
	if (!header_is_sound(header, family))
		return 0;
	route.kind = header->rtm_type;
	route.installed_by = header->rtm_protocol;
	route.scope = header->rtm_scope;
	route.tos = header->rtm_tos;
	route.prefix = header->rtm_dst_len;
	route.from_prefix = header->rtm_src_len;
	route.table = header->rtm_table;
	route.hop_flags = header->rtm_flags & 0xff; /* the rest are RTM_F_ and RTCF_ */
	route.cached = header->rtm_flags & RTM_F_CLONED;
	take_attributes(&route, found);
	if (found[RTA_MULTIPATH])
		return add_hops(list, &route, found[RTA_MULTIPATH], header->rtm_flags);
	take_letters(&route, header->rtm_flags);
	return add(list, &route);
}

/* --- next hop objects ------------------------------------------------------------------------- */

/* Either a hop, or a group of others. */
struct route_nexthop {
	uint32_t id, ifindex;
	uint8_t family, gateway_family;
	bool blackhole;
	uint8_t gateway[16];
	uint32_t hop_flags;
	size_t count; /* of group */
	struct nexthop_grp *group;
};

static int take_group(struct route_nexthop *nexthop, const struct nlattr *group)
{
	size_t size = mnl_attr_get_payload_len(group);

	nexthop->count = size / sizeof(*nexthop->group);
	if (!nexthop->count)
		return 0;
	nexthop->group = malloc(nexthop->count * sizeof(*nexthop->group));
	if (!nexthop->group)
		return -ENOMEM;
	memcpy(nexthop->group, mnl_attr_get_payload(group),
	       nexthop->count * sizeof(*nexthop->group));
	return 0;
}

int route_take_nexthop(struct route_nexthops *nexthops, const struct nlmsghdr *message)
{
	const struct nhmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *found[NHA_GATEWAY + 1];
	struct route_nexthop nexthop = {0}, *items;

	if (message->nlmsg_type != RTM_NEWNEXTHOP)
		return 0;
	if (netlink_payload(message, sizeof(*header), found, NHA_GATEWAY))
		return -EBADMSG;
	if (!netlink_u32(found[NHA_ID], &nexthop.id))
		return 0;
	items = array_add(nexthops->items, nexthops->count, sizeof(*items));
	if (!items)
		return -ENOMEM;
	nexthops->items = items;
	nexthop.family = header->nh_family;
	nexthop.hop_flags = header->nh_flags;
	nexthop.blackhole = found[NHA_BLACKHOLE];
	netlink_u32(found[NHA_OIF], &nexthop.ifindex);
	if (found[NHA_GATEWAY] && (nexthop.family == AF_INET || nexthop.family == AF_INET6) &&
	    netlink_bytes(found[NHA_GATEWAY], nexthop.gateway, address_size(nexthop.family)))
		nexthop.gateway_family = nexthop.family;
	if (found[NHA_GROUP] && take_group(&nexthop, found[NHA_GROUP]))
		return -ENOMEM;
	items[nexthops->count++] = nexthop;
	return 0;
}

void route_nexthops_free(struct route_nexthops *nexthops)
{
	for (size_t i = 0; i < nexthops->count; i++)
		free(nexthops->items[i].group);
	free(nexthops->items);
	*nexthops = (struct route_nexthops){0};
}

static const struct route_nexthop *find_nexthop(const struct route_nexthops *nexthops, uint32_t id)
{
	for (size_t i = 0; i < nexthops->count; i++)
		if (nexthops->items[i].id == id)
			return &nexthops->items[i];
	return NULL;
}

static void fill(struct list_route *route, const struct route_nexthop *nexthop)
{
	route->ifindex = nexthop->ifindex;
	route->hop_flags = nexthop->hop_flags;
	route->gateway_family = nexthop->gateway_family;
	memcpy(route->gateway, nexthop->gateway, sizeof(route->gateway));
	if (nexthop->blackhole)
		route->kind = RTN_BLACKHOLE;
	take_letters(route, 0);
}

/* A group has no groups in it (net/ipv4/nexthop.c, valid_group_nh()). */
static int resolve_group(struct list *list, size_t index, const struct route_nexthops *nexthops,
                         const struct route_nexthop *group)
{
	struct list_route route = *(const struct list_route *)list_at(list, index);
	int err = 0;

	route.hops = (uint32_t)group->count;
	for (size_t i = 0; i < group->count && !err; i++) {
		const struct route_nexthop *member = find_nexthop(nexthops, group->group[i].id);
		struct list_route *at = list_at(list, index);

		route.hop = (uint32_t)i + 1;
		route.weight = group->group[i].weight + 1U;
		if (member)
			fill(&route, member);
		if (i)
			err = add(list, &route);
		else
			*at = route;
	}
	return err;
}

int route_resolve(struct list *list, size_t first, const struct route_nexthops *nexthops)
{
	size_t end = list->count;
	int err = 0;

	for (size_t i = first; i < end && !err; i++) {
		struct list_route *route = list_at(list, i);
		const struct route_nexthop *nexthop;

		if (!route->nexthop_id || route->ifindex || route->gateway_family || route->hops ||
		    route->cached)
			continue;
		nexthop = find_nexthop(nexthops, route->nexthop_id);
		if (nexthop && nexthop->count)
			err = resolve_group(list, i, nexthops, nexthop);
		else if (nexthop)
			fill(route, nexthop);
	}
	return err;
}
