/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/address.h"

#include <string.h>
#include <sys/socket.h>

static const uint8_t mapped_prefix[12] = {[10] = 0xff, 0xff};

bool address_is_mapped(const uint8_t addr[16])
{
	return !memcmp(addr, mapped_prefix, sizeof(mapped_prefix));
}

void address_map(uint8_t family, const uint8_t addr[16], uint8_t mapped[16])
{
	if (family != AF_INET) {
		memcpy(mapped, addr, 16);
		return;
	}
	memcpy(mapped, mapped_prefix, sizeof(mapped_prefix));
	memcpy(mapped + 12, addr, 4);
}

bool address_is_loopback(const uint8_t mapped[16])
{
	static const uint8_t ipv6[16] = {[15] = 1};

	return !memcmp(mapped, ipv6, sizeof(ipv6)) ||
	       (address_is_mapped(mapped) && mapped[12] == 127);
}

bool address_is_link_local(uint8_t family, const uint8_t addr[16])
{
	return family == AF_INET6 && addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80;
}
