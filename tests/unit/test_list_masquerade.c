/* SPDX-License-Identifier: BSD-2-Clause */
/* Masqueraded connections: what ctnetlink says, made by hand, and the lines of netstat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <string.h>

#include "list/masquerade.h"

extern const struct listing listing_masquerade;

static char bytes[1024] __attribute__((aligned(8)));
static struct list list;

static int start(void **state)
{
	(void)state;
	list = (struct list){.listing = &listing_masquerade};
	return 0;
}

static int stop(void **state)
{
	(void)state;
	list_free(&list);
	return 0;
}

struct end {
	const char *address;
	uint16_t port;
};

static void put_tuple(struct nlmsghdr *message, uint16_t type, uint8_t protocol, struct end from,
                      struct end to)
{
	struct nlattr *tuple = mnl_attr_nest_start(message, type), *nest;
	uint8_t address[4];

	nest = mnl_attr_nest_start(message, CTA_TUPLE_IP);
	inet_pton(AF_INET, from.address, address);
	mnl_attr_put(message, CTA_IP_V4_SRC, 4, address);
	inet_pton(AF_INET, to.address, address);
	mnl_attr_put(message, CTA_IP_V4_DST, 4, address);
	mnl_attr_nest_end(message, nest);
	nest = mnl_attr_nest_start(message, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(message, CTA_PROTO_NUM, protocol);
	if (protocol == IPPROTO_ICMP) {
		mnl_attr_put_u16(message, CTA_PROTO_ICMP_ID, htons(from.port));
	} else {
		mnl_attr_put_u16(message, CTA_PROTO_SRC_PORT, htons(from.port));
		mnl_attr_put_u16(message, CTA_PROTO_DST_PORT, htons(to.port));
	}
	mnl_attr_nest_end(message, nest);
	mnl_attr_nest_end(message, tuple);
}

static struct nlmsghdr *begin(uint8_t protocol, uint32_t status, uint32_t timeout)
{
	const struct end inside = {"192.168.1.2", 1024}, outside = {"10.0.0.1", 80};
	const struct end masked = {"10.0.0.254", 61002};
	struct nlmsghdr *message;
	struct nfgenmsg *header;

	memset(bytes, 0, sizeof(bytes));
	message = mnl_nlmsg_put_header(bytes);
	message->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->nfgen_family = AF_INET;
	put_tuple(message, CTA_TUPLE_ORIG, protocol, inside, outside);
	if (protocol == IPPROTO_ICMP)
		put_tuple(message, CTA_TUPLE_REPLY, protocol,
		          (struct end){outside.address, masked.port}, masked);
	else
		put_tuple(message, CTA_TUPLE_REPLY, protocol, outside, masked);
	mnl_attr_put_u32(message, CTA_STATUS, htonl(status));
	mnl_attr_put_u32(message, CTA_TIMEOUT, htonl(timeout));
	return message;
}

static const char *line(size_t index, unsigned int extend)
{
	static char text[512];
	const struct field_context context = {.numeric_hosts = true, .numeric_ports = true};
	const struct list_request request = {.extend = extend};
	struct buffer out = {0};

	assert_true(index < list.count);
	masquerade_line(&request, &context, list_at(&list, index), &out);
	assert_true(out.size < sizeof(text));
	memcpy(text, out.data, out.size);
	text[out.size] = '\0';
	buffer_free(&out);
	return text;
}

static void lines_of_netstat(void **state)
{
	struct nlmsghdr *message = begin(IPPROTO_TCP, IPS_SRC_NAT | IPS_CONFIRMED, 899);
	struct nlattr *shift = mnl_attr_nest_start(message, CTA_SEQ_ADJ_ORIG);

	(void)state;
	mnl_attr_put_u32(message, CTA_SEQADJ_CORRECTION_POS, htonl(305419896));
	mnl_attr_put_u32(message, CTA_SEQADJ_OFFSET_AFTER, htonl((uint32_t)-12));
	mnl_attr_put_u32(message, CTA_SEQADJ_OFFSET_BEFORE, htonl(7));
	mnl_attr_nest_end(message, shift);
	assert_int_equal(masquerade_take(&list, message), 0);
	assert_int_equal(masquerade_take(&list, begin(IPPROTO_ICMP, IPS_SRC_NAT, 360000)), 0);
	assert_int_equal(masquerade_take(&list, begin(99, IPS_SRC_NAT, 0)), 0);
	assert_string_equal(line(0, 0), "tcp  14:59.00 192.168.1.2          10.0.0.1             "
	                                "1024 -> 80 (61002)\n");
	assert_string_equal(line(0, 1), "tcp  14:59.00  305419896   -12     7 192.168.1.2          "
	                                "10.0.0.1             1024 -> 80 (61002)\n");
	assert_string_equal(line(1, 0), "icmp6000:00.00 192.168.1.2          10.0.0.1             "
	                                "1024 -> 0 (61002)\n");
	assert_string_equal(line(2, 0), "99    0:00.00 192.168.1.2          10.0.0.1             "
	                                "1024 -> 80 (61002)\n");
}

static void only_sources_that_are_translated(void **state)
{
	(void)state;
	assert_int_equal(masquerade_take(&list, begin(IPPROTO_TCP, IPS_CONFIRMED, 1)), 0);
	assert_int_equal(masquerade_take(&list, begin(IPPROTO_TCP, IPS_DST_NAT, 1)), 0);
	assert_int_equal(list.count, 0);
}

static void messages_that_lack_something(void **state)
{
	struct nlmsghdr *message = begin(IPPROTO_TCP, IPS_SRC_NAT, 1);

	(void)state;
	((struct nfgenmsg *)mnl_nlmsg_get_payload(message))->nfgen_family = AF_INET6;
	assert_int_equal(masquerade_take(&list, message), 0); /* its addresses are of IPv4 */
	message = begin(IPPROTO_TCP, IPS_SRC_NAT, 1);
	message->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE;
	assert_int_equal(masquerade_take(&list, message), 0);
	message = begin(IPPROTO_TCP, IPS_SRC_NAT, 1);
	message->nlmsg_len = MNL_NLMSG_HDRLEN + 8; /* no attribute is whole */
	assert_int_equal(masquerade_take(&list, message), -EBADMSG);
	assert_int_equal(list.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_of_netstat),
		TEST(only_sources_that_are_translated),
		TEST(messages_that_lack_something),
	};

	return cmocka_run_group_tests_name("list masquerade", tests, NULL, NULL);
}
