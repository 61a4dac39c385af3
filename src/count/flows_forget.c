/* SPDX-License-Identifier: BSD-2-Clause */
/* Which flows are forgotten when there are too many, and where their counts go. */
#include "count/flows_private.h"

#include <stdlib.h>
#include <string.h>

/* Marks the flow of a key: it has a socket. */
static void mark(struct flows *flows, const struct group_key *key)
{
	struct flow *flow = map_find(&flows->map, key);

	if (flow)
		flow->lives = true;
}

static void mark_living(struct flows *flows)
{
	struct row_iter iter;
	const struct row *row;

	for (size_t i = 0; i < flows->map.count; i++)
		((struct flow *)map_at(&flows->map, i))->lives = false;
	table_for_each (flows->table, iter, row) {
		struct group_key key, place;

		group_key_of(flows->table, row, &key);
		flows_correct(flows, row, &key);
		place = flow_key_of_place(&key);
		mark(flows, &key);
		mark(flows, &place);
		if (flows_has_come(flows, row))
			((struct flow *)map_at(&flows->map, flows->came[row->self] - 1))->lives =
				true;
	}
}

void endings_add(struct endings *to, const struct endings *from)
{
	to->answered += from->answered;
	to->unanswered += from->unanswered;
	to->turned_away += from->turned_away;
	to->curt += from->curt;
	to->brief += from->brief;
	to->whole += from->whole;
	to->whole_ns += from->whole_ns;
	if (from->whole_longest > to->whole_longest)
		to->whole_longest = from->whole_longest;
	if (from->open > to->open)
		to->open = from->open;
	if (from->answered_last > to->answered_last)
		to->answered_last = from->answered_last;
}

/* Moves the counts of a flow to the flow of a key. false: no memory. */
static bool pour(struct flows *flows, size_t index, const struct group_key *key)
{
	struct flow *to = map_get(&flows->map, key), *from = map_at(&flows->map, index);
	bool first;

	if (!to)
		return false;
	first = !to->last;
	to->entered += from->entered;
	to->local |= from->local;
	to->waited += from->waited;
	endings_add(&to->endings, &from->endings);
	to->left += from->left;
	if (first || from->since < to->since)
		to->since = from->since;
	if (from->last > to->last)
		to->last = from->last;
	if (!flow_failures(to) && first)
		memcpy(to->comm, from->comm, sizeof(to->comm));
	else if (flow_failures(from) && memcmp(to->comm, from->comm, sizeof(to->comm)) != 0)
		memset(to->comm, 0, sizeof(to->comm));
	for (int i = 0; i < CONNECT_FAILURE_COUNT; i++)
		to->failed[i] += from->failed[i];
	memset(&from->endings, 0, sizeof(from->endings));
	from->entered = from->left = from->last = from->since = from->waited = 0;
	memset(from->failed, 0, sizeof(from->failed));
	return true;
}

/* A client that runs in a loop makes a flow for each run. Flows of exited processes become one. */
static void join_exited(struct flows *flows)
{
	for (size_t i = 0, count = flows->map.count; i < count; i++) {
		const struct flow *flow = map_at(&flows->map, i);
		struct group_key key = flow->key;

		if (flow->lives || key.class != FLOW_OWNED || !flow_failures(flow) ||
		    !flow_has_exited(flows->table, &key))
			continue;
		key.pid = 0;
		key.start = 0;
		key.class = FLOW_EXITED;
		if (pour(flows, i, &key))
			((struct flow *)map_at(&flows->map, i))->last = 0;
	}
}

static int newest_first(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left < right) - (left > right);
}

static bool can_go(const struct flow *flow)
{
	return !flow->lives && flow->key.class != FLOW_ELSEWHERE;
}

/* Flows whose last count is at or before this time go; [0]: without, [1]: with failed connects. */
struct oldest {
	uint64_t of[2];
};

/* false: no memory. */
static bool find_oldest(const struct flows *flows, bool failed, struct oldest *oldest)
{
	uint64_t *times = calloc(flows->map.count + 1, sizeof(*times));
	size_t count = 0;

	oldest->of[failed] = 0;
	if (!times)
		return false;
	for (size_t i = 0; i < flows->map.count; i++) {
		const struct flow *flow = map_at(&flows->map, i);

		if (can_go(flow) && flow->last && !flow_failures(flow) == !failed)
			times[count++] = flow->last;
	}
	qsort(times, count, sizeof(*times), newest_first);
	if (count > FLOWS_IDLE)
		oldest->of[failed] = times[FLOWS_IDLE];
	free(times);
	return true;
}

static bool stays(const struct flow *flow, const struct oldest *oldest)
{
	return !can_go(flow) || flow->last > oldest->of[flow_failures(flow) > 0];
}

/* Moves the counts of a flow that goes into a common flow, so that sums stay right. */
static void account(struct flows *flows, size_t index)
{
	struct flow *flow = map_at(&flows->map, index);
	struct group_key key = {.state = flow->key.state, .class = FLOW_ELSEWHERE};

	if (!flow->last) /* its counts have moved already */
		return;
	if (flow->key.class == FLOW_PLACE) { /* its parts have the counts */
		flow->last = 0;
		return;
	}
	if (flow->key.class == FLOW_OWNED && !flow_has_exited(flows->table, &flow->key)) {
		key.pid = flow->key.pid;
		key.start = flow->key.start;
	}
	flows->forgets = true;
	flows->forgotten.groups += flow_failures(flow) > 0;
	flows->forgotten.failed += flow_failures(flow);
	pour(flows, index, &key);
}

/* Common flows of processes that have exited become one. */
static void join_elsewhere(struct flows *flows)
{
	for (size_t i = 0, count = flows->map.count; i < count; i++) {
		const struct flow *flow = map_at(&flows->map, i);
		struct group_key key = flow->key;

		if (key.class != FLOW_ELSEWHERE || !key.pid || !flow_has_exited(flows->table, &key))
			continue;
		key.pid = 0;
		key.start = 0;
		pour(flows, i, &key);
	}
}

static bool is_counting(const void *entry, void *arg)
{
	const struct flow *flow = entry;

	(void)arg;
	return flow->lives || flow->last;
}

/* numbers: the new number for each old one; 0: gone. */
static void renumber(struct flows *flows, const uint32_t *numbers)
{
	for (size_t i = 0; i < flows->came_room; i++)
		if (flows->came[i])
			flows->came[i] = numbers[flows->came[i] - 1];
}

static void drop(struct flows *flows, const struct oldest *oldest)
{
	uint32_t *numbers, number = 0;
	size_t count = flows->map.count;

	for (size_t i = 0; i < count; i++)
		if (!stays(map_at(&flows->map, i), oldest))
			account(flows, i);
	join_elsewhere(flows);
	count = flows->map.count;
	numbers = calloc(count + 1, sizeof(*numbers));
	for (size_t i = 0; numbers && i < count; i++)
		if (is_counting(map_at(&flows->map, i), NULL))
			numbers[i] = ++number;
	if (numbers && !map_sweep(&flows->map, is_counting, NULL))
		renumber(flows, numbers);
	free(numbers);
}

void flows_sweep(struct flows *flows)
{
	struct oldest oldest;
	size_t more;

	mark_living(flows);
	join_exited(flows);
	if (find_oldest(flows, false, &oldest) && find_oldest(flows, true, &oldest))
		drop(flows, &oldest);
	more = flows->map.count;
	flows->limit = flows->map.count + (more > FLOWS_IDLE ? more : FLOWS_IDLE);
}
