/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parses an answer of unix_diag about one socket (sk_diag_fill(), net/unix/diag.c, 5.8..7.2). Does no
 * I/O.
 */
#include <errno.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>

#include "list/netlink_message.h"
#include "list/unix.h"

static void take_name(const struct nlattr *attr, struct unix_name *name)
{
	size_t size = attr ? attr->nla_len - NLA_HDRLEN : 0;

	if (!size || size > UNIX_NAME_MAX)
		return;
	name->bytes = (const char *)attr + NLA_HDRLEN;
	name->size = (uint16_t)size;
}

static void take_queues(const struct nlattr *attr, struct unix_message *parsed)
{
	struct unix_diag_rqlen queues;

	if (!netlink_bytes(attr, &queues, sizeof(queues)))
		return;
	parsed->has_queues = true;
	parsed->recv_q = queues.udiag_rqueue;
	parsed->send_q = queues.udiag_wqueue;
}

int unix_message(const struct nlmsghdr *message, struct unix_message *parsed)
{
	const struct nlattr *found[UNIX_DIAG_MAX + 1];
	struct unix_message result = {.inode = 0};
	struct unix_diag_msg header;
	int err;

	if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return -EBADMSG;
	err = netlink_payload(message, sizeof(header), found, UNIX_DIAG_MAX);
	if (err)
		return err;
	memcpy(&header, NLMSG_DATA(message), sizeof(header));
	if (header.udiag_family != AF_UNIX)
		return -EBADMSG;
	result.inode = header.udiag_ino;
	result.cookie = header.udiag_cookie[0] | (uint64_t)header.udiag_cookie[1] << 32;
	result.has_peer = netlink_u32(found[UNIX_DIAG_PEER], &result.peer);
	result.has_uid = netlink_u32(found[UNIX_DIAG_UID], &result.uid);
	result.has_memory =
		netlink_struct(found[UNIX_DIAG_MEMINFO], result.memory, sizeof(result.memory));
	take_queues(found[UNIX_DIAG_RQLEN], &result);
	take_name(found[UNIX_DIAG_NAME], &result.name);
	*parsed = result;
	return 0;
}
