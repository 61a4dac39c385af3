/* SPDX-License-Identifier: BSD-2-Clause */
#include "count/group_place.h"

#include <stdio.h>
#include <sys/socket.h>

void group_place_remote(const struct group_key *key, char text[ENDPOINT_SIZE])
{
	const struct endpoint endpoint = {.addr = key->addr, .port = key->port, .family = AF_INET6};

	if (key->port)
		endpoint_text(&endpoint, text);
	else
		endpoint_address(&endpoint, text);
}

void group_place_text(const struct group_key *key, char text[PLACE_SIZE])
{
	char to[ENDPOINT_SIZE];

	if (key->passive) {
		snprintf(text, PLACE_SIZE, "of port %u", key->port);
		return;
	}
	group_place_remote(key, to);
	snprintf(text, PLACE_SIZE, "to %s", to);
}
