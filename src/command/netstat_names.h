/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of hosts, ports, users and cgroups for the command netstat. They are looked up in parallel and
 * kept for the whole run. A look-up that stalls delays a round by NETSTAT_NAMES_WAIT at most; then the
 * number is printed, and the name in a later round of -c.
 */
#ifndef TCPTRAIL_COMMAND_NETSTAT_NAMES_H
#define TCPTRAIL_COMMAND_NETSTAT_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct name_key;
struct netns_entry;
struct netstat_out;
struct resolve;
struct table;

struct netstat_names {
	struct table *table;     /* has names alone */
	struct resolve *resolve; /* NULL: none was asked for yet */
	uint64_t deadline;       /* of this round, ns of CLOCK_BOOTTIME */
	struct name_key *asked;  /* of this round */
	size_t asked_count, asked_room;
};

/* 0 or -ENOMEM with diag. */
int netstat_names_open(struct netstat_names *names, struct diag *diag);
void netstat_names_close(struct netstat_names *names);
/* A round begins: takes the time, and the deadline. */
void netstat_names_begin(struct netstat_names *names);
/* The name of a network namespace. */
void netstat_names_netns(struct netstat_names *names, const struct netns_entry *entry);
/*
 * Looks up all that is pending in the table, and waits until the deadline or a signal. Returns whether
 * names have come since the last call.
 */
bool netstat_names_wait(struct netstat_names *names, const struct netstat_out *out);

#endif
