/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VSOCK sockets: between a virtual machine and its host (sk_diag_fill(), net/vmw_vsock/diag.c). An
 * address is a context id and a port; "*": any.
 *
 *	Proto Type      Local Address          Foreign Address        State
 *	vsock STREAM    3:1024                 2:52000                ESTABLISHED
 */
/* First: before Linux 6.0 the kernel's headers need struct sockaddr, and do not include it. */
#include <sys/socket.h>

#include <errno.h>
#include <linux/sock_diag.h>
#include <linux/vm_sockets.h>
#include <linux/vm_sockets_diag.h>
#include <stdio.h>
#include <string.h>

#include "field/value.h"
#include "list/netlink.h"
#include "list/packet.h"
#include "table/state.h"

int vsock_message(const struct nlmsghdr *message, struct list_vsock *vsock)
{
	struct vsock_diag_msg header;

	if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    message->nlmsg_len < NLMSG_LENGTH(sizeof(header)))
		return -EBADMSG;
	memcpy(&header, NLMSG_DATA(message), sizeof(header));
	if (header.vdiag_family != AF_VSOCK)
		return -EBADMSG;
	vsock->type = header.vdiag_type;
	vsock->local_cid = header.vdiag_src_cid;
	vsock->local_port = header.vdiag_src_port;
	vsock->foreign_cid = header.vdiag_dst_cid;
	vsock->foreign_port = header.vdiag_dst_port;
	vsock->socket.state = header.vdiag_state;
	vsock->socket.inode = header.vdiag_ino;
	vsock->socket.cookie = header.vdiag_cookie[0] | (uint64_t)header.vdiag_cookie[1] << 32;
	return 0;
}

struct reading {
	const struct list_request *request;
	struct list *list;
};

/* As for TCP: a server is a socket without a peer. */
static bool is_wanted(const struct list_request *request, const struct list_vsock *vsock)
{
	bool server = vsock->foreign_port == VMADDR_PORT_ANY;

	return request->all || server == request->listening;
}

static int on_message(const struct nlmsghdr *message, void *arg)
{
	struct reading *reading = arg;
	struct list_vsock *vsock = list_add(reading->list);

	if (!vsock)
		return -ENOMEM;
	list_socket_init(&vsock->socket, reading->request, LIST_VSOCK, AF_VSOCK);
	if (vsock_message(message, vsock) || !is_wanted(reading->request, vsock))
		list_drop(reading->list);
	return 0;
}

static int dump(struct netlink *netlink, struct reading *reading, struct diag *diag)
{
	char buffer[NETLINK_REQUEST_SIZE] __attribute__((aligned(8)));
	struct nlmsghdr *request =
		netlink_request(buffer, SOCK_DIAG_BY_FAMILY, sizeof(struct vsock_diag_req));
	struct vsock_diag_req *header = NLMSG_DATA(request);

	header->sdiag_family = AF_VSOCK;
	header->vdiag_states = UINT32_MAX;
	return netlink_dump_list(netlink, request, reading->list, on_message, reading, diag);
}

static int read_vsock(const struct list_request *request, struct list *list, struct diag *diag)
{
	struct reading reading = {request, list};
	struct netlink *netlink;
	int err = netlink_open(&netlink, NETLINK_SOCK_DIAG, diag);

	if (err)
		return err;
	err = dump(netlink, &reading, diag);
	netlink_close(netlink);
	/* sock_diag_bind() finds no handler: the kernel has no vsock_diag */
	return err == -ENOENT ? diag_fail(diag, -EAFNOSUPPORT, "AF VSOCK") : err;
}

/* --- fields ----------------------------------------------------------------------------------- */

#define VSOCK_GETTER(name)                                                                         \
	static void vsock_##name(const struct field_context *context, const void *object,          \
	                         struct value *value)

VSOCK_GETTER(proto)
{
	(void)context;
	(void)object;
	value_string(value, "vsock");
}

VSOCK_GETTER(socket_type)
{
	const struct list_vsock *vsock = object;

	(void)context;
	value_string(value, list_socket_type(vsock->type));
}

static void value_address(struct value *value, uint32_t cid, uint32_t port)
{
	char cid_text[12] = "*", port_text[12] = "*";

	if (cid != VMADDR_CID_ANY)
		snprintf(cid_text, sizeof(cid_text), "%u", cid);
	if (port != VMADDR_PORT_ANY)
		snprintf(port_text, sizeof(port_text), "%u", port);
	value_print(value, "%s:%s", cid_text, port_text);
}

VSOCK_GETTER(local_text)
{
	const struct list_vsock *vsock = object;

	(void)context;
	value_address(value, vsock->local_cid, vsock->local_port);
}

VSOCK_GETTER(foreign_text)
{
	const struct list_vsock *vsock = object;

	(void)context;
	value_address(value, vsock->foreign_cid, vsock->foreign_port);
}

/* The numbers of the states are those of TCP (net/vmw_vsock/af_vsock.c). */
VSOCK_GETTER(state)
{
	const struct list_vsock *vsock = object;

	(void)context;
	value_string(value, state_name(vsock->socket.state));
}

#define VSOCK_FIELD(name)                                                                          \
	{                                                                                          \
		KEY(name), vsock_##name, NULL                                                      \
	}

static const struct field fields[] = {
	VSOCK_FIELD(proto),        VSOCK_FIELD(socket_type), VSOCK_FIELD(local_text),
	VSOCK_FIELD(foreign_text), VSOCK_FIELD(state),       SOCKET_FIELD(inode),
	SOCKET_FIELD(program),     SOCKET_FIELDS_OWNER,      SOCKET_FIELD(cookie),
};
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

static const char *title(const struct list_request *request)
{
	if (request->all)
		return "Active VSOCK connections (servers and established)\n";
	return request->listening ? "Active VSOCK connections (only servers)\n"
	                          : "Active VSOCK connections (w/o servers)\n";
}

#define CELLS                                                                                      \
	{"proto", 5, 0, NULL, NULL}, {"socket_type", 9, 0, NULL, NULL},                            \
		{"local_text", 22, 0, NULL, NULL}, {"foreign_text", 22, 0, NULL, NULL},            \
	{                                                                                          \
		"state", 11, 0, NULL, NULL                                                         \
	}
#define HEAD "Proto Type      Local Address          Foreign Address        State      "

static void layout(const struct list_request *request, struct list_layout *layout)
{
	static const struct list_cell cells[] = {CELLS, SOCKET_CELLS};
	static const struct list_cell program_cells[] = {CELLS, SOCKET_PROGRAM_CELL};
	static const char *const headings[] = SOCKET_HEADINGS(HEAD);
	static const struct socket_layout own = {cells, program_cells, 5, headings};

	list_socket_layout(&own, request, title(request), layout);
}

const struct listing listing_vsock = {
	.name = "vsock",
	.mode = LIST_SOCKETS,
	.protocols = LIST_BIT(VSOCK),
	.record = sizeof(struct list_vsock),
	.fields = fields,
	.field_count = &field_count,
	.read = read_vsock,
	.layout = layout,
};
