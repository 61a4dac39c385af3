/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The listing of interfaces: one dump of links and one of addresses. One that comes or goes between
 * the two has no addresses, or is not there; it ends nothing.
 */
#include "list/interface.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "list/netlink.h"

struct reading {
	struct list *list;
	size_t interfaces; /* records; labels are behind them */
};

static int take_link(const struct nlmsghdr *message, void *arg)
{
	const struct reading *reading = arg;

	return interface_take(reading->list, message);
}

static int read_links(struct netlink *netlink, struct reading *reading, struct diag *diag)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *request = netlink_request(buffer, RTM_GETLINK, sizeof(struct ifinfomsg));
	return netlink_dump_list(netlink, request, reading->list, take_link, reading, diag);
}

static int take_address(const struct nlmsghdr *message, void *arg)
{
	const struct reading *reading = arg;

	return interface_take_address(reading->list, reading->interfaces, message);
}

static void forget_addresses(void *arg)
{
	const struct reading *reading = arg;

	while (reading->list->count > reading->interfaces)
		list_drop(reading->list);
	for (size_t i = 0; i < reading->interfaces; i++)
		((struct list_interface *)list_at(reading->list, i))->addresses = NULL;
}

static int read_addresses(struct netlink *netlink, struct reading *reading, struct diag *diag)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *request = netlink_request(buffer, RTM_GETADDR, sizeof(struct ifaddrmsg));
	const struct netlink_dump dump = {
		.message = take_address, .again = forget_addresses, .arg = reading};

	reading->interfaces = reading->list->count;
	return netlink_dump(netlink, request, &dump, diag);
}

static const char *name_of(const struct list *list, uint32_t ifindex)
{
	for (size_t i = 0; ifindex && i < list->count; i++) {
		const struct list_interface *interface = list_at(list, i);

		if (interface->ifindex == ifindex && !*interface->label_of)
			return interface->name;
	}
	return "";
}

static void name_others(struct list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct list_interface *interface = list_at(list, i);

		interface->master = name_of(list, interface->master_index);
		if (!interface->link_elsewhere && interface->link_index != interface->ifindex)
			interface->link = name_of(list, interface->link_index);
	}
}

static void drop_those_down(struct list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct list_interface *interface = list_at(list, i);

		if (interface->flags & IFF_UP)
			memmove(list_at(list, kept++), interface, sizeof(*interface));
	}
	list->count = kept;
}

static int read_all(struct netlink *netlink, struct list *list, struct diag *diag)
{
	struct reading reading = {.list = list};
	int err = read_links(netlink, &reading, diag);

	if (!err)
		err = read_addresses(netlink, &reading, diag);
	if (!err)
		name_others(list);
	return err;
}

static int read_kernel(struct list *list, struct diag *diag)
{
	struct netlink *netlink = NULL;
	struct diag why = {""};
	int err = netlink_open(&netlink, NETLINK_ROUTE, &why);

	if (!err)
		err = read_all(netlink, list, &why);
	netlink_close(netlink);
	return err ? diag_fail(diag, err, "interfaces: the kernel refused to list them: %s",
	                       why.text)
	           : 0;
}

static int read_interfaces(const struct list_request *request, struct list *list, struct diag *diag)
{
	int err = request->recorded ? interface_read_recorded(request, list)
	                            : read_kernel(list, diag);

	if (err)
		return err;
	if (!request->all && !request->baseline)
		drop_those_down(list);
	interface_sort(list);
	return 0;
}

/* netstat prints the title once and the headings each time. interface_text.c writes the rows. */
static void layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell cells[] = {
		{.key = "iface"},           {.key = "mtu"},
		{.key = "rx_packets"},      {.key = "rx_errors"},
		{.key = "rx_drops"},        {.key = "rx_overruns"},
		{.key = "tx_packets"},      {.key = "tx_errors"},
		{.key = "tx_drops"},        {.key = "tx_overruns"},
		{.key = "interface_flags"},
	};

	*layout = (struct list_layout){
		.title = request->round ? "" : "Kernel Interface table\n",
		.cells = cells,
		.count = sizeof(cells) / sizeof(cells[0]),
		.headings = request->extend ? ""
	                                    : "Iface             MTU    RX-OK RX-ERR RX-DRP "
	                                      "RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n",
	};
}

static bool text(const struct list_request *request, const struct field_context *context,
                 const void *record, struct buffer *out)
{
	if (request->extend)
		interface_paragraph(record, out);
	else
		interface_line(context, record, out);
	return true;
}

const struct listing listing_interface = {
	.name = "interface",
	.mode = LIST_INTERFACES,
	.recorded = true,
	.record = sizeof(struct list_interface),
	.fields = interface_fields,
	.field_count = &interface_fields_count,
	.read = read_interfaces,
	.layout = layout,
	.text = text,
};
