/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: datagrams of ctnetlink. */
#include <libmnl/libmnl.h>

#include "list/masquerade.h"
#include "list/netlink_message.h"
#include "output.h"

extern const struct listing listing_masquerade;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct field_context context = {.numeric_hosts = true, .numeric_ports = true};
	struct list list = {.listing = &listing_masquerade};
	char *copy = fuzz_copy(data, size);
	const struct nlmsghdr *message = (void *)copy;
	int rest = (int)size;

	for (; netlink_message_ok(message, rest); message = mnl_nlmsg_next(message, &rest))
		masquerade_take(&list, message);
	for (size_t i = 0; i < list.count; i++) {
		const struct list_request request = {.extend = i % 2};
		struct buffer out = {0};
		struct value value;

		masquerade_line(&request, &context, list_at(&list, i), &out);
		EXPECT(!out.failed);
		assert_harmless(out.data, out.size);
		buffer_free(&out);
		for (size_t k = 0; k < masquerade_fields_count; k++) {
			field_get(&masquerade_fields[k], &context, list_at(&list, i), &value);
			EXPECT(value.type == VALUE_NONE ||
			       value.type == masquerade_fields[k].word->type);
		}
	}
	list_free(&list);
	free(copy);
	return 0;
}
