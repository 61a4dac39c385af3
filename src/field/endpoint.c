/* SPDX-License-Identifier: BSD-2-Clause */
#include "field/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/format.h"

static bool is_mapped(const struct endpoint *endpoint)
{
	return endpoint->family == AF_INET6 && address_is_mapped(endpoint->addr);
}

void endpoint_host(const struct endpoint *endpoint, char text[ENDPOINT_SIZE])
{
	const uint8_t *v4 = endpoint->addr + (is_mapped(endpoint) ? 12 : 0);

	if (endpoint->family != AF_INET && v4 == endpoint->addr) {
		if (!inet_ntop(endpoint->family, endpoint->addr, text, ENDPOINT_SIZE))
			strcpy(text, "?");
		return;
	}
	for (int i = 0; i < 4; i++) {
		text = format_number(text, v4[i], 1);
		*text++ = i < 3 ? '.' : '\0';
	}
}

void endpoint_address(const struct endpoint *endpoint, char text[ENDPOINT_SIZE])
{
	size_t size;

	endpoint_host(endpoint, text);
	size = strlen(text);
	if (endpoint->zone)
		snprintf(text + size, ENDPOINT_SIZE - size, "%%%.*s", ZONE_SIZE - 1,
		         endpoint->zone);
}

void endpoint_text(const struct endpoint *endpoint, char text[ENDPOINT_SIZE])
{
	char address[ENDPOINT_SIZE];
	bool brackets;

	endpoint_address(endpoint, address);
	brackets = strchr(address, ':') != NULL;
	if (brackets)
		*text++ = '[';
	text = stpcpy(text, address);
	text = stpcpy(text, brackets ? "]:" : ":");
	if (endpoint->port)
		format_number(text, endpoint->port, 1);
	else
		strcpy(text, "*");
}

bool endpoint_unspecified(const struct endpoint *endpoint)
{
	static const uint8_t zero[16];

	return !memcmp(endpoint->addr, zero, endpoint->family == AF_INET ? 4 : 16);
}

int endpoint_compare(const struct endpoint *a, const struct endpoint *b)
{
	uint8_t left[16], right[16];
	int order;

	address_map(a->family, a->addr, left);
	address_map(b->family, b->addr, right);
	order = memcmp(left, right, sizeof(left));
	if (!order && a->zone && b->zone)
		order = strcmp(a->zone, b->zone);
	return order ? order : (int)a->port - (int)b->port;
}

/* The look-up may queue a request for the name. That changes nothing that the table reports. */
static const char *interface_name(const struct table *table, const struct row *row)
{
	return names_query(table_names((struct table *)table),
	                   name_key_interface(row->netns, row->ifindex));
}

const char *row_zone(const struct table *table, const struct row *row, const uint8_t addr[16],
                     char buf[ZONE_SIZE])
{
	const char *name;

	if (!row->ifindex || !address_is_link_local(row->family, addr))
		return NULL;
	name = interface_name(table, row);
	if (name && name[0])
		return name;
	snprintf(buf, ZONE_SIZE, "%u", row->ifindex);
	return buf;
}

bool row_in_zone(const struct table *table, const struct row *row, const char *zone)
{
	const char *name;
	char number[ZONE_SIZE];

	if (!row->ifindex)
		return false;
	snprintf(number, sizeof(number), "%u", row->ifindex);
	name = interface_name(table, row);
	return (name && !strcmp(name, zone)) || !strcmp(number, zone);
}
