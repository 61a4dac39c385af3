/* SPDX-License-Identifier: BSD-2-Clause */
#include "fact/name.h"

#include <netinet/in.h>
#include <string.h>

#include "base/address.h"
#include "fact/kind.h"

/* Big-endian, so that a key reads the same on every machine. */
static uint64_t load64(const uint8_t *bytes)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | bytes[i];
	return number;
}

struct name_key name_key_number(enum fact_name_kind kind, uint64_t number)
{
	return (struct name_key){.kind = kind, .key = {number, 0}};
}

struct name_key name_key_task(uint32_t pid, uint64_t start)
{
	return (struct name_key){.kind = NAME_TASK, .key = {pid, start}};
}

struct name_key name_key_interface(uint32_t netns, uint32_t ifindex)
{
	return (struct name_key){.kind = NAME_INTERFACE, .key = {ifindex, netns}};
}

struct name_key name_key_port(uint16_t port, uint8_t protocol)
{
	return (struct name_key){.kind = NAME_PORT,
	                         .key = {port, protocol == IPPROTO_TCP ? 0 : protocol}};
}

struct name_key name_key_host(int family, const uint8_t addr[16])
{
	uint8_t mapped[16];

	address_map((uint8_t)family, addr, mapped);
	return (struct name_key){.kind = NAME_HOST, .key = {load64(mapped), load64(mapped + 8)}};
}

void fact_name_make(union fact_name_buffer *buffer, uint64_t time, enum fact_name_kind kind,
                    const uint64_t key[2], const char *name)
{
	struct fact_name *fact = &buffer->fact;
	size_t size = strnlen(name, FACT_NAME_MAX);

	memset(buffer, 0, sizeof(*buffer));
	fact->h.type = FACT_NAME;
	fact->h.len = fact_length(FACT_NAME, (uint32_t)size);
	fact->h.time = time;
	fact->kind = kind;
	fact->size = (uint32_t)size;
	fact->key[0] = key[0];
	fact->key[1] = key[1];
	memcpy(fact->name, name, size);
}
