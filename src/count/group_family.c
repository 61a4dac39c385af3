/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connects to the same port by the other address family. A program that tries IPv6 first and then
 * IPv4 reaches its server although every connect of one family fails.
 */
#include "count/group_private.h"

#include <errno.h>
#include <string.h>

/* All processes that have exited have the key with pid 0. */
struct tried_key {
	uint64_t start;
	uint32_t pid, netns;
	uint16_t port;
	uint8_t ipv4, pad[5];
};

struct tried {
	struct tried_key key;
	uint64_t through; /* connects that did not fail */
};

static struct tried_key tried_key_of(const struct groups *groups, const struct group_key *key,
                                     bool other)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct tried_key tried = {.netns = key->netns, .port = key->port};

	tried.ipv4 = !memcmp(key->addr, mapped, sizeof(mapped)) != other;
	if (!flow_has_exited(groups->table, key)) {
		tried.pid = key->pid;
		tried.start = key->start;
	}
	return tried;
}

static int sum_tried(struct groups *groups, struct map *map)
{
	for (size_t i = 0; i < groups->flows.map.count; i++) {
		const struct flow *flow = flows_at(&groups->flows, i);
		uint64_t failed = flow_failures(flow);
		struct tried_key key;
		struct tried *tried;

		if (flow->key.state != STATE_SYN_SENT || flow->left <= failed ||
		    flow->key.class == FLOW_PLACE || flow->key.class == FLOW_ELSEWHERE)
			continue;
		key = tried_key_of(groups, &flow->key, false);
		tried = map_get(map, &key);
		if (!tried)
			return -ENOMEM;
		tried->through += flow->left - failed;
	}
	return 0;
}

int groups_find_other_family(struct groups *groups)
{
	struct map map;
	int err;

	map_init(&map, sizeof(struct tried_key), sizeof(struct tried));
	err = sum_tried(groups, &map);
	for (size_t i = 0; i < groups->groups.count && !err; i++) {
		struct group *group = map_at(&groups->groups, i);
		const struct tried_key key = tried_key_of(groups, &group->key, true);
		const struct tried *tried = group->failed ? map_find(&map, &key) : NULL;

		group->other_family = tried ? tried->through : 0;
	}
	map_free(&map);
	return err;
}
