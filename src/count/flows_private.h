/* SPDX-License-Identifier: BSD-2-Clause */
/* What flows.c and flows_forget.c share. */
#ifndef TCPTRAIL_COUNT_FLOWS_PRIVATE_H
#define TCPTRAIL_COUNT_FLOWS_PRIVATE_H

#include "count/flows.h"

/* Finds or makes the flow of a key, and may move other flows in memory. NULL: no memory. */
struct flow *flows_get(struct flows *flows, const struct group_key *key);
/* The key of all processes at the place of a key. */
struct group_key flow_key_of_place(const struct group_key *key);
void endings_add(struct endings *to, const struct endings *from);

/*
 * Forgets flows that have no socket and counted long ago, and sets the next limit. The cost is
 * amortized: the next sweep comes after as many new flows as there are now.
 */
void flows_sweep(struct flows *flows);

#endif
