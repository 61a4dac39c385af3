/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "list/netlink_message.h"

static char bytes[512] __attribute__((aligned(8)));

static struct nlmsghdr *begin(uint16_t type, size_t header)
{
	struct nlmsghdr *message;

	memset(bytes, 0, sizeof(bytes));
	message = mnl_nlmsg_put_header(bytes);
	message->nlmsg_type = type;
	mnl_nlmsg_put_extra_header(message, header);
	return message;
}

static void attributes_by_type(void **state)
{
	struct nlmsghdr *message = begin(RTM_NEWROUTE, sizeof(struct rtmsg));
	const struct nlattr *found[4];
	uint32_t number = 0;
	uint8_t byte = 7;

	(void)state;
	mnl_attr_put_u32(message, 2, 4294967295);
	mnl_attr_put_u32(message, 2, 5);
	mnl_attr_put_u32(message, 9, 6);
	mnl_attr_put_u8(message, 3, 200);
	assert_int_equal(netlink_payload(message, sizeof(struct rtmsg), found, 3), 0);
	assert_null(found[0]);
	assert_null(found[1]);
	assert_true(netlink_u32(found[2], &number));
	assert_int_equal(number, 4294967295); /* the first of two */
	assert_true(netlink_u8(found[3], &byte));
	assert_int_equal(byte, 200);

	assert_false(netlink_u32(found[1], &number));
	assert_false(netlink_u32(found[3], &number)); /* another size */
	assert_false(netlink_u8(found[2], &byte));
	assert_int_equal(number, 4294967295);
	assert_int_equal(byte, 200);
}

static void nested_and_network_order(void **state)
{
	struct nlmsghdr *message = begin(0x10, 0);
	struct nlattr *nest = mnl_attr_nest_start(message, 1);
	const struct nlattr *found[3];
	uint16_t port = 0;

	(void)state;
	mnl_attr_put_u16(message, 1, htons(8080));
	mnl_attr_nest_end(message, nest);
	assert_int_equal(netlink_payload(message, 0, found, 2), 0);
	assert_int_equal(netlink_nested(found[1], found, 2), 0);
	assert_true(netlink_be16(found[1], &port));
	assert_int_equal(port, 8080);
	assert_int_equal(netlink_nested(NULL, found, 2), 0);
	assert_null(found[1]);
}

static void strings_need_no_nul(void **state)
{
	struct nlmsghdr *message = begin(0x10, 0);
	const struct nlattr *found[4];
	size_t size = 99;

	(void)state;
	mnl_attr_put(message, 1, 3, "abc");
	mnl_attr_put(message, 2, 5, "ab\0cd");
	mnl_attr_put(message, 3, 0, "");
	assert_int_equal(netlink_payload(message, 0, found, 3), 0);
	assert_memory_equal(netlink_string(found[1], &size), "abc", 3);
	assert_int_equal(size, 3);
	assert_memory_equal(netlink_string(found[2], &size), "ab", 2);
	assert_int_equal(size, 2);
	assert_non_null(netlink_string(found[3], &size));
	assert_int_equal(size, 0);
	assert_null(netlink_string(NULL, &size));
}

static void structs_of_other_kernels(void **state)
{
	struct nlmsghdr *message = begin(0x10, 0);
	const struct nlattr *found[3];
	uint32_t numbers[2] = {9, 9};

	(void)state;
	mnl_attr_put(message, 1, 4, (uint32_t[]){1});
	mnl_attr_put(message, 2, 12, (uint32_t[]){1, 2, 3});
	assert_int_equal(netlink_payload(message, 0, found, 2), 0);
	assert_true(netlink_struct(found[1], numbers, sizeof(numbers)));
	assert_int_equal(numbers[0], 1);
	assert_int_equal(numbers[1], 0);
	assert_true(netlink_struct(found[2], numbers, sizeof(numbers)));
	assert_int_equal(numbers[1], 2);
	assert_false(netlink_struct(found[0], numbers, sizeof(numbers)));
}

/* Lengths that lie: each is refused, and nothing beyond the bytes is read (the sanitizers look). */
static void lengths_that_lie(void **state)
{
	static const uint16_t lengths[] = {0, 1, 3, 9, 200, 65535};
	struct nlmsghdr *message;
	const struct nlattr *found[3];
	struct nlattr *attr;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		message = begin(0x10, 0);
		attr = mnl_nlmsg_get_payload_tail(message);
		mnl_attr_put_u32(message, 1, 5);
		attr->nla_len = lengths[i];
		assert_int_equal(netlink_payload(message, 0, found, 2), -EBADMSG);
	}
	message = begin(0x10, 4);
	assert_int_equal(netlink_payload(message, 8, found, 2), -EBADMSG);
	message->nlmsg_len = 3;
	assert_int_equal(netlink_payload(message, 0, found, 2), -EBADMSG);
}

static void messages_that_are_whole(void **state)
{
	static const uint32_t lengths[] = {0, 15, 25, 0x7fffffff, 0x80000000, 0xffffffff};
	struct nlmsghdr *message = begin(0x10, 8);

	(void)state;
	assert_true(netlink_message_ok(message, 24));
	assert_false(netlink_message_ok(message, 23));
	assert_false(netlink_message_ok(message, 8));
	assert_false(netlink_message_ok(message, -4));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		message->nlmsg_len = lengths[i];
		assert_false(netlink_message_ok(message, 24));
	}
}

static void errors_have_words(void **state)
{
	struct nlmsghdr *message = begin(NLMSG_ERROR, sizeof(struct nlmsgerr));
	struct nlmsgerr *error = mnl_nlmsg_get_payload(message);
	const char *words;
	size_t size;

	(void)state;
	message->nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	error->error = -ENOENT;
	error->msg.nlmsg_len = 400; /* not there: capped */
	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "no table");
	assert_int_equal(netlink_error(message, &words, &size), -ENOENT);
	assert_int_equal(size, 8);
	assert_memory_equal(words, "no table", 8);

	message->nlmsg_flags = NLM_F_ACK_TLVS; /* the request would be longer than the message */
	assert_int_equal(netlink_error(message, &words, &size), -ENOENT);
	assert_null(words);

	error->error = 0;
	assert_int_equal(netlink_error(message, &words, &size), 0);
	message->nlmsg_len = MNL_NLMSG_HDRLEN + 2;
	assert_int_equal(netlink_error(message, &words, &size), -EBADMSG);
}

static void a_dump_ends_with_an_error(void **state)
{
	struct nlmsghdr *message = begin(NLMSG_DONE, sizeof(int32_t));
	const char *words;
	size_t size;

	(void)state;
	assert_int_equal(netlink_error(message, &words, &size), 0);
	*(int32_t *)mnl_nlmsg_get_payload(message) = -EPERM;
	message->nlmsg_flags = NLM_F_ACK_TLVS;
	mnl_attr_put_strz(message, NLMSGERR_ATTR_MSG, "not you");
	assert_int_equal(netlink_error(message, &words, &size), -EPERM);
	assert_memory_equal(words, "not you", 7);
	message->nlmsg_len = MNL_NLMSG_HDRLEN;
	assert_int_equal(netlink_error(message, &words, &size), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_by_type),  cmocka_unit_test(nested_and_network_order),
		cmocka_unit_test(strings_need_no_nul), cmocka_unit_test(structs_of_other_kernels),
		cmocka_unit_test(lengths_that_lie),    cmocka_unit_test(messages_that_are_whole),
		cmocka_unit_test(errors_have_words),   cmocka_unit_test(a_dump_ends_with_an_error),
	};

	return cmocka_run_group_tests_name("netlink message", tests, NULL, NULL);
}
