/* SPDX-License-Identifier: BSD-2-Clause */
/* What RTM_NEWLINK and RTM_NEWADDR say. */
#include <ctype.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "list/interface.h"
#include "list/netlink_message.h"

#define LINK_MOST IFLA_PROP_LIST

void interface_sum(const struct rtnl_link_stats64 *stats, uint64_t counts[INTERFACE_COUNTS])
{
	counts[RX_BYTES] = stats->rx_bytes;
	counts[RX_PACKETS] = stats->rx_packets;
	counts[RX_ERRORS] = stats->rx_errors;
	counts[RX_DROPS] = stats->rx_dropped + stats->rx_missed_errors;
	counts[RX_OVERRUNS] = stats->rx_fifo_errors;
	counts[RX_FRAME] = stats->rx_length_errors + stats->rx_over_errors + stats->rx_crc_errors +
	                   stats->rx_frame_errors;
	counts[RX_COMPRESSED] = stats->rx_compressed;
	counts[RX_MULTICAST] = stats->multicast;
	counts[TX_BYTES] = stats->tx_bytes;
	counts[TX_PACKETS] = stats->tx_packets;
	counts[TX_ERRORS] = stats->tx_errors;
	counts[TX_DROPS] = stats->tx_dropped;
	counts[TX_OVERRUNS] = stats->tx_fifo_errors;
	counts[TX_COLLISIONS] = stats->collisions;
	counts[TX_CARRIER] = stats->tx_carrier_errors + stats->tx_aborted_errors +
	                     stats->tx_window_errors + stats->tx_heartbeat_errors;
	counts[TX_COMPRESSED] = stats->tx_compressed;
}

/* A copy of an attribute's string; "" if it is not there. NULL: no memory. */
static const char *copy_string(struct list *list, const struct nlattr *attr)
{
	size_t size = 0;
	const char *text = netlink_string(attr, &size);

	return text ? list_text(list, text, size) : "";
}

static int take_altnames(struct list *list, struct list_interface *interface,
                         const struct nlattr *properties)
{
	const struct interface_name **end = &interface->altnames;
	const struct nlattr *attr;

	if (!properties)
		return 0;
	mnl_attr_for_each_nested(attr, properties)
	{
		struct interface_name *name;

		if (mnl_attr_get_type(attr) != IFLA_ALT_IFNAME)
			continue;
		name = list_object(list, sizeof(*name));
		if (!name)
			return -ENOMEM;
		name->name = copy_string(list, attr);
		if (!name->name)
			return -ENOMEM;
		*end = name;
		end = &name->next;
	}
	return 0;
}

static int take_names(struct list *list, struct list_interface *interface,
                      const struct nlattr *const *found)
{
	const struct nlattr *info[IFLA_INFO_KIND + 1];

	if (netlink_nested(found[IFLA_LINKINFO], info, IFLA_INFO_KIND))
		memset(info, 0, sizeof(info));
	interface->name = copy_string(list, found[IFLA_IFNAME]);
	interface->alias = copy_string(list, found[IFLA_IFALIAS]);
	interface->kind = copy_string(list, info[IFLA_INFO_KIND]);
	interface->label_of = interface->master = interface->link = "";
	if (!interface->name || !interface->alias || !interface->kind)
		return -ENOMEM;
	return take_altnames(list, interface, found[IFLA_PROP_LIST]);
}

static void take_hardware(struct list_interface *interface, const struct nlattr *address)
{
	size_t size = address ? mnl_attr_get_payload_len(address) : 0;

	if (size > INTERFACE_HARDWARE_MOST)
		size = INTERFACE_HARDWARE_MOST;
	if (size)
		memcpy(interface->hardware, mnl_attr_get_payload(address), size);
	interface->hardware_size = (uint8_t)size;
}

static void take_values(struct list_interface *interface, const struct nlattr *const *found)
{
	interface->has_mtu = netlink_u32(found[IFLA_MTU], &interface->mtu);
	interface->has_type = true;
	netlink_u32(found[IFLA_TXQLEN], &interface->queue);
	netlink_u32(found[IFLA_MASTER], &interface->master_index);
	netlink_u32(found[IFLA_LINK], &interface->link_index);
	interface->link_elsewhere = found[IFLA_LINK_NETNSID];
	interface->has_state = netlink_u8(found[IFLA_OPERSTATE], &interface->state);
	interface->has_carrier_changes =
		netlink_u32(found[IFLA_CARRIER_CHANGES], &interface->carrier_changes);
	interface->has_map =
		netlink_struct(found[IFLA_MAP], &interface->map, sizeof(interface->map));
	interface->has_stats =
		netlink_struct(found[IFLA_STATS64], &interface->stats, sizeof(interface->stats));
	if (interface->has_stats)
		interface_sum(&interface->stats, interface->counts);
	interface->has_counts = interface->has_stats;
	take_hardware(interface, found[IFLA_ADDRESS]);
}

int interface_take(struct list *list, const struct nlmsghdr *message)
{
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *found[LINK_MOST + 1];
	struct list_interface *interface;

	if (message->nlmsg_type != RTM_NEWLINK)
		return 0;
	if (netlink_payload(message, sizeof(*header), found, LINK_MOST))
		return -EBADMSG;
	if (header->ifi_index <= 0 || !found[IFLA_IFNAME])
		return 0;
	interface = list_add(list);
	if (!interface)
		return -ENOMEM;
	interface->ifindex = (uint32_t)header->ifi_index;
	interface->flags = header->ifi_flags;
	interface->type = header->ifi_type;
	take_values(interface, found);
	return take_names(list, interface, found);
}

/* --- addresses -------------------------------------------------------------------------------- */

/* The record of an interface among the first ones, or of a label of it among those behind. NULL: none. */
static struct list_interface *find_interface(const struct list *list, size_t interfaces,
                                             uint32_t ifindex)
{
	for (size_t i = 0; i < interfaces; i++) {
		struct list_interface *interface = list_at(list, i);

		if (interface->ifindex == ifindex)
			return interface;
	}
	return NULL;
}

static struct list_interface *find_label(const struct list *list, size_t interfaces,
                                         uint32_t ifindex, const char *label)
{
	for (size_t i = interfaces; i < list->count; i++) {
		struct list_interface *interface = list_at(list, i);

		if (interface->ifindex == ifindex && !strcmp(interface->name, label))
			return interface;
	}
	return NULL;
}

/* A record with what the label shares with its interface. NULL: no memory. */
static struct list_interface *add_label(struct list *list, const struct list_interface *of,
                                        const char *label)
{
	struct list_interface copy = *of, *added = list_add(list);

	if (!added)
		return NULL;
	copy.label_of = copy.name;
	copy.name = label;
	copy.addresses = NULL;
	copy.altnames = NULL;
	copy.has_counts = copy.has_stats = false;
	*added = copy;
	return added;
}

static void append(struct list_interface *interface, const struct interface_address *address)
{
	const struct interface_address **end = &interface->addresses;

	while (*end)
		end = (const struct interface_address **)&(*end)->next;
	*end = address;
}

static bool parse_address(struct interface_address *address, const struct ifaddrmsg *header,
                          const struct nlattr *const *found)
{
	size_t size = header->ifa_family == AF_INET ? 4 : 16;
	const struct nlattr *own = found[IFA_LOCAL] ? found[IFA_LOCAL] : found[IFA_ADDRESS];

	if ((header->ifa_family != AF_INET && header->ifa_family != AF_INET6) ||
	    header->ifa_prefixlen > size * 8 || !netlink_bytes(own, address->address, size))
		return false;
	address->family = header->ifa_family;
	address->prefix = header->ifa_prefixlen;
	address->scope = header->ifa_scope;
	address->flags = header->ifa_flags;
	netlink_u32(found[IFA_FLAGS], &address->flags);
	if (size == 4)
		address->has_broadcast =
			netlink_bytes(found[IFA_BROADCAST], address->broadcast, size);
	if (found[IFA_LOCAL])
		address->has_peer = netlink_bytes(found[IFA_ADDRESS], address->peer, size) &&
		                    memcmp(address->peer, address->address, size) != 0;
	return true;
}

static int add_address(struct list *list, size_t interfaces, uint32_t ifindex,
                       const struct interface_address *parsed)
{
	struct list_interface *interface = find_interface(list, interfaces, ifindex), *label = NULL;
	struct interface_address *address, *twin;

	if (!interface)
		return 0;
	address = list_object(list, sizeof(*address));
	if (!address)
		return -ENOMEM;
	*address = *parsed;
	append(interface, address);
	if (!*address->label || !strcmp(address->label, interface->name))
		return 0;
	label = find_label(list, interfaces, ifindex, address->label);
	if (!label)
		label = add_label(list, interface, address->label);
	twin = list_object(list, sizeof(*twin));
	if (!label || !twin)
		return -ENOMEM;
	*twin = *parsed;
	append(label, twin);
	return 0;
}

int interface_take_address(struct list *list, size_t interfaces, const struct nlmsghdr *message)
{
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *found[IFA_FLAGS + 1];
	struct interface_address address = {0};

	if (message->nlmsg_type != RTM_NEWADDR)
		return 0;
	if (netlink_payload(message, sizeof(*header), found, IFA_FLAGS))
		return -EBADMSG;
	if (!parse_address(&address, header, found))
		return 0;
	address.label = copy_string(list, address.family == AF_INET ? found[IFA_LABEL] : NULL);
	if (!address.label)
		return -ENOMEM;
	return add_address(list, interfaces, header->ifa_index, &address);
}

/* --- order ------------------------------------------------------------------------------------ */

static size_t digits(const char *text)
{
	size_t count = 0;

	while (isdigit((unsigned char)text[count]))
		count++;
	return count;
}

/* Two numbers of any length. Leading zeros count only if nothing else differs. */
static int compare_numbers(const char *a, size_t a_size, const char *b, size_t b_size)
{
	while (a_size > 1 && *a == '0')
		a++, a_size--;
	while (b_size > 1 && *b == '0')
		b++, b_size--;
	if (a_size != b_size)
		return a_size > b_size ? 1 : -1;
	return memcmp(a, b, a_size);
}

int interface_compare_names(const char *a, const char *b)
{
	const char *left = a, *right = b;

	while (*left && *right) {
		size_t left_digits = digits(left), right_digits = digits(right);
		int order;

		if (left_digits && right_digits) {
			order = compare_numbers(left, left_digits, right, right_digits);
			left += left_digits;
			right += right_digits;
		} else if (left_digits || right_digits) {
			return left_digits ? -1 : 1;
		} else {
			order = (unsigned char)*left++ - (unsigned char)*right++;
		}
		if (order)
			return order;
	}
	if (*left || *right)
		return *left ? 1 : -1;
	return strcmp(a, b);
}

static int compare(const void *a, const void *b)
{
	const struct list_interface *left = a, *right = b;

	return interface_compare_names(left->name, right->name);
}

void interface_sort(struct list *list)
{
	if (list->count)
		qsort(list->records, list->count, sizeof(struct list_interface), compare);
}
