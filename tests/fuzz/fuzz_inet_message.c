/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: a message of inet_diag about one socket. */
#include <libmnl/libmnl.h>
#include <errno.h>
#include <sys/socket.h>

#include "list/inet.h"
#include "output.h"

extern const struct listing listing_inet;

static void print_all(const struct list *list)
{
	const struct field_context context = {
		.numeric_hosts = true, .numeric_ports = true, .numeric_users = true};
	const struct list_request request = {.extend = 1};
	struct buffer out = {0};

	for (size_t i = 0; i < list->count; i++) {
		for (size_t k = 0; k < inet_field_count; k++) {
			struct value value;

			field_get(&inet_fields[k], &context, list_at(list, i), &value);
			if (value.type == VALUE_LIST && value.list)
				value.list(&context, list_at(list, i), &out);
		}
		inet_sctp_text(&request, &context, list_at(list, i), &out);
	}
	EXPECT(!out.failed);
	if (out.size)
		assert_harmless(out.data, out.size);
	buffer_free(&out);
}

static void read_as(enum list_protocol protocol, const uint8_t *data, size_t size)
{
	const struct list_request request = {.all = true};
	struct list list = {.listing = &listing_inet};
	const struct inet_reader reader = {&request, &list, protocol, AF_INET};
	struct nlmsghdr *message = fuzz_copy(data, size);
	int err;

	message->nlmsg_len = (uint32_t)size; /* the reader of datagrams has checked it */
	err = inet_add_message(&reader, message);
	EXPECT(err == 0 || err == -EBADMSG);
	EXPECT(list.count == (err ? 0 : 1));
	EXPECT(inet_give_requests_users(&list, 0) == 0);
	print_all(&list);
	inet_drop_unwanted(&request, &list, 0);
	inet_drop_endpoints(&list, 0);
	list_free(&list);
	free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < sizeof(struct nlmsghdr))
		return 0;
	read_as(LIST_TCP, data, size);
	read_as(LIST_UDP, data, size);
	read_as(LIST_SCTP, data, size);
	return 0;
}
