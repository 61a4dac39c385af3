/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/netstat_names.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/array.h"
#include "base/clock.h"
#include "command/netstat_out.h"
#include "enrich/netns.h"
#include "enrich/resolve.h"
#include "fact/name.h"
#include "table/table.h"

#define NETSTAT_NAMES_WAIT (2 * NS_PER_SEC)
#define SLICE_MS           50 /* between two looks at the signals */
#define THREADS            32 /* most look-ups wait for a server */

int netstat_names_open(struct netstat_names *names, struct diag *diag)
{
	*names = (struct netstat_names){.table = table_new(0)};
	return names->table ? 0 : diag_fail(diag, -ENOMEM, "out of memory");
}

void netstat_names_close(struct netstat_names *names)
{
	resolve_close(names->resolve);
	free(names->asked);
	table_free(names->table);
}

static int64_t wall_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * (int64_t)NS_PER_SEC + now.tv_nsec;
}

void netstat_names_begin(struct netstat_names *names)
{
	uint64_t now = clock_boot();
	struct fact_clock clock = {.h = {.len = sizeof(clock), .type = FACT_CLOCK, .time = now},
	                           .wall = wall_now()};

	table_apply(names->table, &clock.h);
	names->deadline = now + NETSTAT_NAMES_WAIT;
}

void netstat_names_netns(struct netstat_names *names, const struct netns_entry *entry)
{
	const uint64_t key[2] = {entry->inode, 0};
	union fact_name_buffer fact;

	fact_name_make(&fact, clock_boot(), NAME_NETNS, key, entry->name);
	table_apply(names->table, &fact.fact.h);
}

static void take(const struct fact *fact, void *arg)
{
	struct netstat_names *names = arg;

	table_apply(names->table, fact);
}

/* Requests all that is pending, and keeps the keys. 0 or -errno: then numbers are printed. */
static int request(struct netstat_names *names)
{
	struct name_key key;
	int err = 0;

	names->asked_count = 0;
	while (!err && names_next_query(table_names(names->table), RESOLVE_KINDS, &key)) {
		struct name_key *grown = array_reserve(names->asked, &names->asked_room,
		                                       names->asked_count + 1, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		names->asked = grown;
		if (!names->resolve)
			err = resolve_open(&names->resolve, THREADS);
		if (!err && !names->asked_count)
			resolve_refresh(names->resolve);
		if (!err)
			resolve_request(names->resolve, &key);
		grown[names->asked_count++] = key;
	}
	return err;
}

/* What stalls has no name until its answer comes. Otherwise each round would ask for it again. */
static void give_up(struct netstat_names *names)
{
	for (size_t i = 0; i < names->asked_count; i++) {
		const struct name_key *key = &names->asked[i];
		union fact_name_buffer fact;

		if (names_find(table_names(names->table), *key))
			continue;
		fact_name_make(&fact, clock_boot(), (enum fact_name_kind)key->kind, key->key, "");
		table_apply(names->table, &fact.fact.h);
	}
}

bool netstat_names_wait(struct netstat_names *names, const struct netstat_out *out)
{
	unsigned int open = 0;
	int err = request(names);

	if (!names->resolve || err)
		return false;
	if (!names->asked_count)
		return resolve_collect(names->resolve, take, names);
	do {
		uint64_t now = clock_boot();
		uint64_t left = names->deadline > now ? (names->deadline - now) / NS_PER_MS : 0;

		open = resolve_wait(names->resolve, left < SLICE_MS ? (unsigned int)left : SLICE_MS,
		                    take, names);
	} while (open && clock_boot() < names->deadline && !netstat_out_stopped(out));
	if (open)
		give_up(names);
	return true;
}
