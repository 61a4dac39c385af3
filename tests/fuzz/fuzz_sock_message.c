/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: a datagram of sock_diag about UNIX or VSOCK sockets. */
#include <libmnl/libmnl.h>

#include "fuzz.h"
#include "list/netlink_message.h"
#include "list/packet.h"
#include "list/unix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = fuzz_copy(data, size);
	const struct nlmsghdr *message = (const void *)copy;
	struct unix_message parsed;
	struct list_vsock vsock;
	int rest = (int)size;

	for (; netlink_message_ok(message, rest); message = mnl_nlmsg_next(message, &rest)) {
		vsock_message(message, &vsock);
		if (unix_message(message, &parsed) || !parsed.name.bytes)
			continue;
		EXPECT(parsed.name.size && parsed.name.size <= UNIX_NAME_MAX);
		EXPECT(parsed.name.bytes > copy &&
		       parsed.name.bytes + parsed.name.size <= copy + size);
	}
	free(copy);
	return 0;
}
