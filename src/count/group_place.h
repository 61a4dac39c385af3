/* SPDX-License-Identifier: BSD-2-Clause */
/* The place of a group as text. */
#ifndef TCPTRAIL_COUNT_GROUP_PLACE_H
#define TCPTRAIL_COUNT_GROUP_PLACE_H

#include "field/endpoint.h"
#include "count/group.h"

#define PLACE_SIZE (ENDPOINT_SIZE + 16)

/* "of port 8080", "to 10.0.0.1:80" */
void group_place_text(const struct group_key *key, char text[PLACE_SIZE]);
/* "10.0.0.1:80"; "10.0.0.1" if the key has no port. Only for keys that are not passive. */
void group_place_remote(const struct group_key *key, char text[ENDPOINT_SIZE]);

#endif
