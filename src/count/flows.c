/* SPDX-License-Identifier: BSD-2-Clause */
#include "count/flows_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void flows_init(struct flows *flows, const struct table *table)
{
	*flows = (struct flows){.table = table, .limit = FLOWS_FIRST};
	map_init(&flows->map, sizeof(struct group_key), sizeof(struct flow));
}

void flows_free(struct flows *flows)
{
	map_free(&flows->map);
	free(flows->came);
}

bool flow_has_exited(const struct table *table, const struct group_key *key)
{
	const struct task *task = key->pid ? table_find_task(table, key->pid, key->start) : NULL;

	return !task || task->exited;
}

struct flow *flows_get(struct flows *flows, const struct group_key *key)
{
	size_t count = flows->map.count;
	struct flow *flow = map_get(&flows->map, key);

	if (flow && flows->map.count > count && flows->forgets)
		flow->since = table_now(flows->table);
	return flow;
}

struct group_key flow_key_of_place(const struct group_key *key)
{
	struct group_key place = *key;

	place.pid = 0;
	place.start = 0;
	place.class = FLOW_PLACE;
	return place;
}

const struct flow *flows_find(const struct flows *flows, const struct group_key *key)
{
	struct group_key owned = *key;

	owned.class = FLOW_OWNED;
	return map_find(&flows->map, &owned);
}

const struct flow *flows_find_place(const struct flows *flows, const struct group_key *key)
{
	const struct group_key place = flow_key_of_place(key);

	return map_find(&flows->map, &place);
}

const struct flow *flows_at(const struct flows *flows, size_t index)
{
	return map_at(&flows->map, index);
}

uint64_t flow_failures(const struct flow *flow)
{
	uint64_t sum = 0;

	for (int i = 0; i < CONNECT_FAILURE_COUNT; i++)
		sum += flow->failed[i];
	return sum;
}

/* --- counting ------------------------------------------------------------------------------- */

static void make_room(struct flows *flows)
{
	if (flows->map.count >= flows->limit)
		flows_sweep(flows);
}

/* A last of 0 means: has not counted. */
static void touch(const struct flows *flows, struct flow *flow)
{
	uint64_t now = table_now(flows->table);

	flow->last = now ? now : 1;
}

/* The number of a flow in flows->came. */
static uint32_t number_of(const struct flows *flows, const struct flow *flow)
{
	return (uint32_t)map_index(&flows->map, flow) + 1;
}

static uint32_t *came_of(struct flows *flows, const struct row *row)
{
	size_t before = flows->came_room;
	uint32_t *came =
		array_reserve(flows->came, &flows->came_room, row->self + 1, sizeof(*came));

	if (!came)
		return NULL;
	flows->came = came;
	if (flows->came_room > before)
		memset(came + before, 0, (flows->came_room - before) * sizeof(*came));
	return &came[row->self];
}

bool flows_has_come(const struct flows *flows, const struct row *row)
{
	return row->self < flows->came_room && flows->came[row->self];
}

void flows_correct(struct flows *flows, const struct row *row, const struct group_key *key)
{
	struct flow *now, *then;
	uint32_t *came;

	if (!flows_has_come(flows, row))
		return;
	came = &flows->came[row->self];
	now = flows_get(flows, key);
	then = map_at(&flows->map, *came - 1);
	if (!now || now == then || then->key.state != key->state)
		return;
	then->entered--;
	now->entered++;
	if (then->last > now->last)
		now->last = then->last;
	*came = number_of(flows, now);
}

static struct flow *count(struct flows *flows, const struct group_key *key, bool entered)
{
	struct flow *flow = flows_get(flows, key);

	if (!flow)
		return NULL;
	touch(flows, flow);
	if (entered)
		flow->entered++;
	else
		flow->left++;
	return flow;
}

static void count_place(struct flows *flows, const struct group_key *key, bool entered)
{
	const struct group_key place = flow_key_of_place(key);

	count(flows, &place, entered);
}

void flows_enter(struct flows *flows, const struct row *row, const struct group_key *key)
{
	const struct flow *flow = count(flows, key, true);
	uint32_t *came = came_of(flows, row);

	if (came)
		*came = flow ? number_of(flows, flow) : 0;
	count_place(flows, key, true);
}

void flows_undo(struct flows *flows, const struct row *row)
{
	struct group_key place;
	struct flow *flow;

	if (!flows_has_come(flows, row))
		return;
	flow = map_at(&flows->map, flows->came[row->self] - 1);
	flow->entered--;
	place = flow_key_of_place(&flow->key);
	flow = map_find(&flows->map, &place);
	if (flow)
		flow->entered--;
	flows->came[row->self] = 0;
}

/* A socket starts in CLOSE, so it does not leave CLOSE. */
static bool is_birth(const struct flows *flows, const struct row *row, const struct group_key *from)
{
	return from->state == STATE_CLOSE && !flows_has_come(flows, row);
}

void flows_move(struct flows *flows, const struct row *row, const struct group_key *from,
                const struct group_key *to)
{
	make_room(flows);
	flows_correct(flows, row, from);
	if (!is_birth(flows, row, from)) {
		count(flows, from, false);
		count_place(flows, from, false);
	}
	flows_enter(flows, row, to);
}

/* A socket leaves CLOSE by its end, not by a transition. */
void flows_end(struct flows *flows, const struct row *row, bool goes_on)
{
	struct group_key key;

	if (!flows_has_come(flows, row))
		return;
	if (row->state == STATE_CLOSE && !goes_on) {
		group_key_of(flows->table, row, &key);
		flows_correct(flows, row, &key);
		count(flows, &key, false);
		count_place(flows, &key, false);
	}
	flows->came[row->self] = 0;
}

void flows_fail(struct flows *flows, const struct group_key *key, enum connect_failure failure,
                const char comm[FACT_COMM_LEN], bool local, uint64_t waited)
{
	struct flow *flow;

	make_room(flows);
	flow = flows_get(flows, key);
	if (!flow)
		return;
	touch(flows, flow);
	flow->failed[failure]++;
	flow->local |= local;
	flow->waited += waited;
	if (comm)
		memcpy(flow->comm, comm, sizeof(flow->comm));
}

/* It has left the state of the flow already, and was one of those that were open. */
static void add_ending(struct flows *flows, struct flow *flow, const struct endings *ending)
{
	struct endings one = *ending;

	touch(flows, flow);
	if (one.whole && flow->entered > flow->left)
		one.open = flow->entered - flow->left;
	one.open += one.whole;
	endings_add(&flow->endings, &one);
}

void flows_ending(struct flows *flows, const struct group_key *key, const struct endings *ending)
{
	const struct group_key place = flow_key_of_place(key);
	struct flow *flow;

	make_room(flows);
	flow = flows_get(flows, key);
	if (flow)
		add_ending(flows, flow, ending);
	flow = flows_get(flows, &place);
	if (flow)
		add_ending(flows, flow, ending);
}
