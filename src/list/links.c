/* SPDX-License-Identifier: BSD-2-Clause */
#include "list/links.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "list/list.h"
#include "list/netlink.h"
#include "list/netlink_message.h"

struct link {
	uint64_t ifindex;
	const char *name;
};

struct reading {
	struct links *links;
	struct list *list;
};

int links_take(struct links *links, struct list *list, const struct nlmsghdr *message)
{
	const struct nlattr *found[IFLA_IFNAME + 1];
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	struct link *link;
	const char *name;
	uint64_t ifindex;
	size_t size;

	if (message->nlmsg_type != RTM_NEWLINK)
		return 0;
	if (netlink_payload(message, sizeof(*header), found, IFLA_IFNAME))
		return -EBADMSG;
	name = netlink_string(found[IFLA_IFNAME], &size);
	if (!name || header->ifi_index <= 0)
		return 0;
	name = list_text(list, name, size);
	ifindex = (uint32_t)header->ifi_index;
	if (!links->map.entry)
		map_init(&links->map, sizeof(ifindex), sizeof(*link));
	link = name ? map_get(&links->map, &ifindex) : NULL;
	if (!link)
		return -ENOMEM;
	link->name = name;
	return 0;
}

static int take(const struct nlmsghdr *message, void *arg)
{
	const struct reading *reading = arg;

	return links_take(reading->links, reading->list, message);
}

int links_read(struct links *links, struct netlink *netlink, struct list *list, struct diag *diag)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *request = netlink_request(buffer, RTM_GETLINK, sizeof(struct ifinfomsg));
	struct reading reading = {links, list};
	const struct netlink_dump dump = {.message = take, .arg = &reading};

	return netlink_dump(netlink, request, &dump, diag);
}

void links_free(struct links *links)
{
	if (links->map.entry)
		map_free(&links->map);
}

const char *links_name(const struct links *links, struct list *list, uint32_t ifindex)
{
	const uint64_t key = ifindex;
	const struct link *link = links->map.entry ? map_find(&links->map, &key) : NULL;
	char number[16];
	int size;

	if (!ifindex)
		return "";
	if (link)
		return link->name;
	size = snprintf(number, sizeof(number), "%u", ifindex);
	return list_text(list, number, (size_t)size);
}
