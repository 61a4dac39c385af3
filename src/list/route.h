/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes of IPv4 and IPv6: a record is a next hop of a route, or an entry of the cache (what ICMP told about
 * a destination).
 */
#ifndef TCPTRAIL_LIST_ROUTE_H
#define TCPTRAIL_LIST_ROUTE_H

#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "list/list.h"

/* What the letters of netstat's Flags stand for (RTF_ of linux/route.h and linux/ipv6_route.h). */
enum route_flag {
	ROUTE_UP = 1U << 0,
	ROUTE_GATEWAY = 1U << 1,
	ROUTE_HOST = 1U << 2,
	ROUTE_DYNAMIC = 1U << 4,
	ROUTE_MODIFIED = 1U << 5,
	ROUTE_REJECT = 1U << 9,
	ROUTE_DEFAULT = 1U << 16,
	ROUTE_ALLONLINK = 1U << 17,
	ROUTE_ADDRCONF = 1U << 18,
	ROUTE_NONEXTHOP = 1U << 21,
	ROUTE_EXPIRES = 1U << 22,
	ROUTE_CACHE = 1U << 24,
	ROUTE_FLOW = 1U << 25,
};

struct list_route {
	uint8_t family;
	uint8_t kind;         /* RTN_UNICAST, ... */
	uint8_t installed_by; /* RTPROT_ */
	uint8_t scope;        /* RT_SCOPE_ */
	uint8_t tos;
	uint8_t prefix, from_prefix; /* bits */
	uint8_t gateway_family;      /* 0: no gateway */
	uint8_t preference;          /* of a router, as the kernel numbers it: RFC 4191 */
	bool has_preference;
	bool cached;
	uint8_t destination[16], from[16], gateway[16], source[16];
	bool has_source;
	uint32_t table, metric;
	uint32_t flags;     /* set of enum route_flag */
	uint32_t hop_flags; /* RTNH_F_ */
	uint32_t ifindex, nexthop_id;
	uint32_t hop, hops, weight;        /* hop counts from 1; weight 0: there is only one */
	uint32_t mtu, advmss, window, rtt; /* 0: not set; rtt in 1/8 ms */
	uint32_t ref, use;
	uint32_t expires;               /* ms; 0: never */
	const char *iface, *table_name; /* "": none */
};

/* Is it a route on which nothing is sent? netstat then shows "-" for next hop and interface. */
bool route_is_dead_end(const struct list_route *route);
const char *route_kind_name(uint8_t kind); /* NULL: not known */
const char *route_installer_name(uint8_t installed_by);
const char *route_scope_name(uint8_t scope);
/* netstat's letters. */
#define ROUTE_FLAGS_ROOM 16
void route_flags_text(const struct list_route *route, char text[ROUTE_FLAGS_ROOM]);

/* What hops of nexthop objects are (ip nexthop). All 0: none. */
struct route_nexthop;
struct route_nexthops {
	struct route_nexthop *items;
	size_t count;
};

/* Adds the records of an RTM_NEWROUTE of that family. 0 or -errno. */
int route_take(struct list *list, uint8_t family, const struct nlmsghdr *message);
/* Takes an RTM_NEWNEXTHOP. 0 or -errno. */
int route_take_nexthop(struct route_nexthops *nexthops, const struct nlmsghdr *message);
void route_nexthops_free(struct route_nexthops *nexthops);
/*
 * Gives the records from `first` on that name no next hop but an object (net.ipv4.nexthop_compat_mode 0) those of
 * the object. 0 or -ENOMEM.
 */
int route_resolve(struct list *list, size_t first, const struct route_nexthops *nexthops);

/*
 * Adds to IPv6 records what only /proc/net/ipv6_route tells: the letters D A a m f and the number of users.
 * text: the file; it is changed. 0 or -ENOMEM.
 */
int route_add_proc6(struct list *list, char *text);

/* --- tables ----------------------------------------------------------------------------------- */

struct route_table_line {
	uint32_t number;
	const char *name;
};
/* The next line of rt_tables; the text is changed. false: no more. */
bool route_next_table(char **text, struct route_table_line *line);

#define ROUTE_TABLE_ALL 0
/* The number of --table: a number, a name, "all" (ROUTE_TABLE_ALL). -EINVAL with diag: no such name. */
int route_table_number(struct list *list, const char *asked, uint32_t *number, struct diag *diag);
/* Gives the records from `first` on the names of their tables. 0 or -ENOMEM. */
int route_name_tables(struct list *list, size_t first);

/* --- text ------------------------------------------------------------------------------------- */

/* A record in netstat's form; table: with the routing table at its end. */
void route4_text(const struct list_request *request, const struct field_context *context,
                 const struct list_route *route, struct buffer *out);
void route6_text(const struct list_request *request, const struct field_context *context,
                 const struct list_route *route, struct buffer *out);

extern const struct field route_fields[];
extern const size_t route_fields_count;

#endif
