/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multicast groups that interfaces have joined: of IPv4, of IPv6, and of the link layer. A file of /proc is the
 * only source that has the number of users.
 */
#ifndef TCPTRAIL_LIST_GROUP_H
#define TCPTRAIL_LIST_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "list/list.h"

#define GROUP_LINK         0 /* family of a group of the link layer */
#define GROUP_ADDRESS_MOST 32

struct group_source {
	struct group_source *next;
	uint8_t address[16];
	uint64_t included, excluded; /* sockets that want it, that do not want it */
};

struct list_group {
	uint8_t family; /* AF_INET, AF_INET6, GROUP_LINK */
	uint8_t size;   /* bytes of the address */
	uint8_t address[GROUP_ADDRESS_MOST];
	uint32_t ifindex, users;
	const char *iface;
	bool has_timer; /* a report is due */
	uint64_t timer; /* ns until then */
	bool reporter;  /* we were the last to report it */
	bool has_reporter;
	struct group_source *sources;
};

/*
 * Each adds the groups of a file's text, which it changes. Lines of another form are passed over. 0 or -ENOMEM.
 *
 * /proc/net/igmp: a line of an interface, and behind it its groups (net/ipv4/igmp.c, igmp_mc_seq_show())
 */
int group_parse_igmp(struct list *list, char *text);
/* /proc/net/igmp6 (net/ipv6/mcast.c, igmp6_mc_seq_show()) */
int group_parse_igmp6(struct list *list, char *text);
/* /proc/net/dev_mcast (net/core/dev_addr_lists.c, dev_mc_seq_show()) */
int group_parse_link(struct list *list, char *text);
/*
 * /proc/net/mcfilter and mcfilter6: adds sources to the groups that are there. family: of the file. The kernel
 * passes an interface over whose newest group has none (igmp_mcf_get_first(), 6.18).
 */
int group_parse_sources(struct list *list, uint8_t family, char *text);

void group_address_text(const struct list_group *group, char text[3 * GROUP_ADDRESS_MOST + 1]);

extern const struct field group_fields[];
extern const size_t group_fields_count;

#endif
