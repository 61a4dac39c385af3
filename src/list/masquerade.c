/* SPDX-License-Identifier: BSD-2-Clause */
/* The listing of masqueraded connections. */
#include "list/masquerade.h"

#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "list/cell_text.h"
#include "list/netlink.h"
#include "table/names.h"

static int take(const struct nlmsghdr *message, void *arg)
{
	return masquerade_take(arg, message);
}

static int dump(struct list *list, struct diag *diag)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *request = netlink_request(
		buffer, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, sizeof(struct nfgenmsg));
	struct netlink *netlink = NULL;
	int err = netlink_open(&netlink, NETLINK_NETFILTER, diag);

	if (!err)
		err = netlink_dump_list(netlink, request, list, take, list, diag);
	netlink_close(netlink);
	return err;
}

/* nfnetlink answers EINVAL or EOPNOTSUPP if it cannot load the module. */
static int read_entries(const struct list_request *request, struct list *list, struct diag *diag)
{
	struct diag why = {""};
	int err = dump(list, &why);

	(void)request;
	if (err == -EPERM || err == -EACCES)
		return diag_fail(diag, err,
		                 "ip_masquerade: only root (CAP_NET_ADMIN) may read the kernel's "
		                 "connection tracking");
	if (err == -EPROTONOSUPPORT || err == -EINVAL || err == -EOPNOTSUPP)
		return diag_fail(diag, -EAFNOSUPPORT,
		                 "no support for `ip_masquerade' on this system: it has no "
		                 "nf_conntrack_netlink");
	if (err)
		return diag_fail(diag, err, "ip_masquerade: %s", why.text);
	return 0;
}

/* --- text ------------------------------------------------------------------------------------- */

static void host_cell(const struct field_context *context, uint8_t family,
                      const uint8_t address[16], struct buffer *out)
{
	const struct endpoint endpoint = {.addr = address, .family = family};
	const char *name = NULL;
	char number[ENDPOINT_SIZE];

	if (!context->numeric_hosts)
		name = names_query(value_names(context), name_key_host(family, address));
	endpoint_host(&endpoint, number);
	cell_text(out, name && *name ? name : number, 20, 0);
	buffer_text(out, " ");
}

static void port_cell(const struct field_context *context, uint8_t protocol, uint16_t port,
                      struct buffer *out)
{
	const char *name = NULL;

	if (!context->numeric_ports && port)
		name = names_query(value_names(context), name_key_port(port, protocol));
	if (name && *name)
		cell_text(out, name, 0, 0);
	else
		cell_number(out, port, 0);
}

/* The kernel tells whole seconds. */
void masquerade_line(const struct list_request *request, const struct field_context *context,
                     const struct list_masquerade *entry, struct buffer *out)
{
	const char *protocol = masquerade_protocol_name(entry->protocol);

	if (protocol)
		cell_text(out, protocol, 4, 0);
	else
		cell_number(out, entry->protocol, 4);
	buffer_print(out, "%3u:%02u.00 ", entry->timeout / 60, entry->timeout % 60);
	if (request->extend)
		buffer_print(out, "%10u %5d %5d ", entry->initial_sequence, entry->delta,
		             entry->previous_delta);
	host_cell(context, entry->family, entry->original.source, out);
	host_cell(context, entry->family, entry->original.destination, out);
	port_cell(context, entry->protocol, entry->original.source_port, out);
	buffer_text(out, " -> ");
	port_cell(context, entry->protocol, entry->original.destination_port, out);
	buffer_print(out, " (%u)\n",
	             entry->reply.destination_port ? entry->reply.destination_port
	                                           : entry->reply.source_port);
}

static bool text(const struct list_request *request, const struct field_context *context,
                 const void *record, struct buffer *out)
{
	masquerade_line(request, context, record, out);
	return true;
}

static void layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell cells[] = {
		{.key = "transport"}, {.key = "expires"},    {.key = "local"},
		{.key = "foreign"},   {.key = "translated"},
	};

	*layout = (struct list_layout){
		.title = "IP masquerading entries\n",
		.headings =
			request->extend
				? "prot   expire    initseq delta prevd source               "
				  "destination          ports\n"
				: "prot   expire source               destination          ports\n",
		.unless_empty = true,
		.cells = cells,
		.count = sizeof(cells) / sizeof(cells[0]),
	};
}

const struct listing listing_masquerade = {
	.name = "masquerade",
	.mode = LIST_MASQUERADE,
	.record = sizeof(struct list_masquerade),
	.fields = masquerade_fields,
	.field_count = &masquerade_fields_count,
	.states = masquerade_states,
	.read = read_entries,
	.layout = layout,
	.text = text,
};
