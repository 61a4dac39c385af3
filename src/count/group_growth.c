/* SPDX-License-Identifier: BSD-2-Clause */
/* How many more sockets came into a state than left it, by process. */
#include "count/group_private.h"

#include <errno.h>

static bool add_growth(struct groups *groups, const struct growth_key *key, const struct flow *flow)
{
	struct growth *growth = map_get(&groups->growth, key);

	if (growth)
		growth->by += (int64_t)flow->entered - (int64_t)flow->left;
	return growth;
}

/* Sums up for all processes in one pass over the flows. */
static bool sum_growth(struct groups *groups)
{
	for (size_t i = 0; i < groups->flows.map.count; i++) {
		const struct flow *flow = flows_at(&groups->flows, i);
		const struct growth_key all = {.state = flow->key.state, .all = 1};
		struct growth_key key = {
			.start = flow->key.start, .pid = flow->key.pid, .state = flow->key.state};
		bool of_many = !key.pid && (flow->key.class == FLOW_EXITED ||
		                            flow->key.class == FLOW_ELSEWHERE);

		if (flow->key.class == FLOW_PLACE)
			continue;
		if (!add_growth(groups, &all, flow) ||
		    (!of_many && !add_growth(groups, &key, flow)))
			return false;
	}
	return true;
}

int groups_growth(struct groups *groups, uint8_t state, const struct group_key *who, int64_t *by)
{
	const struct growth_key key = {
		.start = who ? who->start : 0,
		.pid = who ? who->pid : 0,
		.state = state,
		.all = !who,
	};
	const struct growth *growth;

	if (!groups->growth.count && !sum_growth(groups)) {
		map_free(&groups->growth);
		return -ENOMEM;
	}
	growth = map_find(&groups->growth, &key);
	*by = growth ? growth->by : 0;
	return 0;
}
