/* SPDX-License-Identifier: BSD-2-Clause */
/* What ctnetlink says of a connection (net/netfilter/nf_conntrack_netlink.c). */
#include <endian.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "list/masquerade.h"
#include "list/netlink_message.h"

static bool take_addresses(const struct nlattr *nest, uint8_t family,
                           struct masquerade_tuple *tuple)
{
	const struct nlattr *found[CTA_IP_V6_DST + 1];
	size_t size = family == AF_INET ? 4 : 16;

	if (netlink_nested(nest, found, CTA_IP_V6_DST))
		return false;
	return netlink_bytes(found[family == AF_INET ? CTA_IP_V4_SRC : CTA_IP_V6_SRC],
	                     tuple->source, size) &&
	       netlink_bytes(found[family == AF_INET ? CTA_IP_V4_DST : CTA_IP_V6_DST],
	                     tuple->destination, size);
}

static bool take_ports(const struct nlattr *nest, uint8_t *protocol, struct masquerade_tuple *tuple)
{
	const struct nlattr *found[CTA_PROTO_ICMPV6_CODE + 1];

	if (netlink_nested(nest, found, CTA_PROTO_ICMPV6_CODE) ||
	    !netlink_u8(found[CTA_PROTO_NUM], protocol))
		return false;
	netlink_be16(found[CTA_PROTO_SRC_PORT], &tuple->source_port);
	netlink_be16(found[CTA_PROTO_DST_PORT], &tuple->destination_port);
	if (*protocol == IPPROTO_ICMP)
		netlink_be16(found[CTA_PROTO_ICMP_ID], &tuple->source_port);
	if (*protocol == IPPROTO_ICMPV6)
		netlink_be16(found[CTA_PROTO_ICMPV6_ID], &tuple->source_port);
	return true;
}

static bool take_tuple(const struct nlattr *nest, uint8_t family, uint8_t *protocol,
                       struct masquerade_tuple *tuple)
{
	const struct nlattr *found[CTA_TUPLE_PROTO + 1];

	if (!nest || netlink_nested(nest, found, CTA_TUPLE_PROTO))
		return false;
	return take_addresses(found[CTA_TUPLE_IP], family, tuple) &&
	       take_ports(found[CTA_TUPLE_PROTO], protocol, tuple);
}

static void take_state(const struct nlattr *nest, struct list_masquerade *entry)
{
	const struct nlattr *found[CTA_PROTOINFO_TCP + 1], *tcp[CTA_PROTOINFO_TCP_STATE + 1];

	if (!netlink_nested(nest, found, CTA_PROTOINFO_TCP) &&
	    !netlink_nested(found[CTA_PROTOINFO_TCP], tcp, CTA_PROTOINFO_TCP_STATE))
		entry->has_tcp_state = netlink_u8(tcp[CTA_PROTOINFO_TCP_STATE], &entry->tcp_state);
}

static void take_counters(const struct nlattr *nest, uint64_t *packets, uint64_t *bytes)
{
	const struct nlattr *found[CTA_COUNTERS_BYTES + 1];

	if (netlink_nested(nest, found, CTA_COUNTERS_BYTES))
		return;
	if (netlink_u64(found[CTA_COUNTERS_PACKETS], packets))
		*packets = be64toh(*packets);
	if (netlink_u64(found[CTA_COUNTERS_BYTES], bytes))
		*bytes = be64toh(*bytes);
}

static void take_shift(const struct nlattr *nest, struct list_masquerade *entry)
{
	const struct nlattr *found[CTA_SEQADJ_OFFSET_AFTER + 1];

	if (netlink_nested(nest, found, CTA_SEQADJ_OFFSET_AFTER))
		return;
	netlink_be32(found[CTA_SEQADJ_CORRECTION_POS], &entry->initial_sequence);
	netlink_be32(found[CTA_SEQADJ_OFFSET_AFTER], (uint32_t *)&entry->delta);
	netlink_be32(found[CTA_SEQADJ_OFFSET_BEFORE], (uint32_t *)&entry->previous_delta);
}

static bool parse(const struct nlattr *const *found, struct list_masquerade *entry)
{
	uint8_t reply_protocol;

	if (!netlink_be32(found[CTA_STATUS], &entry->status) || !(entry->status & IPS_SRC_NAT))
		return false;
	if (!take_tuple(found[CTA_TUPLE_ORIG], entry->family, &entry->protocol, &entry->original) ||
	    !take_tuple(found[CTA_TUPLE_REPLY], entry->family, &reply_protocol, &entry->reply))
		return false;
	netlink_be32(found[CTA_TIMEOUT], &entry->timeout);
	netlink_be32(found[CTA_MARK], &entry->mark);
	netlink_be32(found[CTA_ID], &entry->id);
	netlink_be16(found[CTA_ZONE], &entry->zone);
	entry->has_counters = found[CTA_COUNTERS_ORIG];
	take_counters(found[CTA_COUNTERS_ORIG], &entry->packets, &entry->bytes);
	take_counters(found[CTA_COUNTERS_REPLY], &entry->reply_packets, &entry->reply_bytes);
	take_state(found[CTA_PROTOINFO], entry);
	take_shift(found[CTA_SEQ_ADJ_ORIG], entry);
	return true;
}

int masquerade_take(struct list *list, const struct nlmsghdr *message)
{
	const struct nfgenmsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *found[CTA_ZONE + 1]; /* the highest that is taken */
	struct list_masquerade entry = {0}, *added;

	if (message->nlmsg_type != (NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW))
		return 0;
	if (netlink_payload(message, sizeof(*header), found, CTA_ZONE))
		return -EBADMSG;
	entry.family = header->nfgen_family;
	if ((entry.family != AF_INET && entry.family != AF_INET6) || !parse(found, &entry))
		return 0;
	added = list_add(list);
	if (!added)
		return -ENOMEM;
	*added = entry;
	return 0;
}

const char *masquerade_protocol_name(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_ICMPV6:
		return "icmpv6";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_DCCP:
		return "dccp";
	case IPPROTO_UDPLITE:
		return "udplite";
	case IPPROTO_GRE:
		return "gre";
	default:
		return NULL;
	}
}

/* In the order of enum tcp_conntrack, from TCP_CONNTRACK_SYN_SENT on. */
const char *const masquerade_states[] = {
	"SYN_SENT", "SYN_RECV",  "ESTABLISHED", "FIN_WAIT",  "CLOSE_WAIT",
	"LAST_ACK", "TIME_WAIT", "CLOSE",       "SYN_SENT2", NULL,
};

const char *masquerade_state_name(uint8_t tcp_state)
{
	if (tcp_state < TCP_CONNTRACK_SYN_SENT || tcp_state > TCP_CONNTRACK_SYN_SENT2)
		return NULL;
	return masquerade_states[tcp_state - TCP_CONNTRACK_SYN_SENT];
}
