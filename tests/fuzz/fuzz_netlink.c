/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: a datagram of netlink, as the kernel answers a dump. */
#include <libmnl/libmnl.h>

#include "fuzz.h"
#include "list/netlink_message.h"

#define MOST 64

static void read_all(const void *bytes, size_t size, int depth)
{
	const struct nlattr *found[MOST + 1];
	const char *from = bytes;

	if (netlink_attributes(bytes, size, found, MOST))
		return;
	for (uint16_t type = 0; type <= MOST; type++) {
		const char *text, *at = (const char *)found[type];
		uint64_t number = 0;
		size_t length = 0;

		if (!at)
			continue;
		EXPECT(at >= from && at + found[type]->nla_len <= from + size);
		text = netlink_string(found[type], &length);
		EXPECT(text && text + length <= from + size);
		netlink_u8(found[type], (uint8_t *)&number);
		netlink_be16(found[type], (uint16_t *)&number);
		netlink_be32(found[type], (uint32_t *)&number);
		netlink_u64(found[type], &number);
		netlink_struct(found[type], &number, sizeof(number));
		if (depth)
			read_all(mnl_attr_get_payload(found[type]),
			         mnl_attr_get_payload_len(found[type]), depth - 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = fuzz_copy(data, size);
	const struct nlmsghdr *message = (const void *)copy;
	int rest = (int)size;

	for (; netlink_message_ok(message, rest); message = mnl_nlmsg_next(message, &rest)) {
		const char *words;
		size_t length;

		netlink_error(message, &words, &length);
		EXPECT(!words || words + length <= copy + size);
		read_all(mnl_nlmsg_get_payload(message), mnl_nlmsg_get_payload_len(message), 4);
	}
	free(copy);
	return 0;
}
