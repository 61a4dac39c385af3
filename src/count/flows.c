/* SPDX-License-Identifier: BSD-2-Clause */
#include "count/flows.h"

#include <stdlib.h>
#include <string.h>

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

/* NULL: no memory. Moves others. */
static struct flow *get(struct flows *flows, const struct group_key *key)
{
	size_t count = flows->map.count;
	struct flow *flow = map_get(&flows->map, key);

	if (flow && flows->map.count > count && flows->forgets)
		flow->since = table_now(flows->table);
	return flow;
}

static struct group_key key_of_place(const struct group_key *key)
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
	const struct group_key place = key_of_place(key);

	return map_find(&flows->map, &place);
}

/* --- forgetting ----------------------------------------------------------------------------- */

/* Flow of a key with sockets. */
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
		place = key_of_place(&key);
		mark(flows, &key);
		mark(flows, &place);
		if (flows_has_come(flows, row))
			((struct flow *)map_at(&flows->map, flows->came[row->self] - 1))->lives =
				true;
	}
}

static uint64_t failures(const struct flow *flow)
{
	uint64_t sum = 0;

	for (int i = 0; i < CONNECT_FAILURE_COUNT; i++)
		sum += flow->failed[i];
	return sum;
}

static void add_endings(struct endings *to, const struct endings *from)
{
	to->answered += from->answered;
	to->unanswered += from->unanswered;
	to->turned_away += from->turned_away;
	to->curt += from->curt;
	to->brief += from->brief;
	if (from->answered_last > to->answered_last)
		to->answered_last = from->answered_last;
}

/* Adds what a flow has counted to another one, which is made if need be; false: no memory. */
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
	add_endings(&to->endings, &from->endings);
	to->left += from->left;
	if (first || from->since < to->since)
		to->since = from->since;
	if (from->last > to->last)
		to->last = from->last;
	if (!failures(to) && first)
		memcpy(to->comm, from->comm, sizeof(to->comm));
	else if (failures(from) && memcmp(to->comm, from->comm, sizeof(to->comm)) != 0)
		memset(to->comm, 0, sizeof(to->comm));
	for (int i = 0; i < CONNECT_FAILURE_COUNT; i++)
		to->failed[i] += from->failed[i];
	memset(&from->endings, 0, sizeof(from->endings));
	from->entered = from->left = from->last = from->since = from->waited = 0;
	memset(from->failed, 0, sizeof(from->failed));
	return true;
}

/* A client that is run in a loop is one flow for each run: those that have exited become one. */
static void join_exited(struct flows *flows)
{
	for (size_t i = 0, count = flows->map.count; i < count; i++) {
		const struct flow *flow = map_at(&flows->map, i);
		struct group_key key = flow->key;

		if (flow->lives || key.class != FLOW_OWNED || !failures(flow) ||
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

/* Of flows without and with failed connects: what counted last at or before that time goes. */
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

		if (can_go(flow) && flow->last && !failures(flow) == !failed)
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
	return !can_go(flow) || flow->last > oldest->of[failures(flow) > 0];
}

/* Counts what goes, so that sums stay what they were. */
static void account(struct flows *flows, size_t index)
{
	struct flow *flow = map_at(&flows->map, index);
	struct group_key key = {.state = flow->key.state, .class = FLOW_ELSEWHERE};

	if (!flow->last) /* poured out already */
		return;
	if (flow->key.class == FLOW_PLACE) { /* counted with its parts */
		flow->last = 0;
		return;
	}
	if (flow->key.class == FLOW_OWNED && !flow_has_exited(flows->table, &flow->key)) {
		key.pid = flow->key.pid;
		key.start = flow->key.start;
	}
	flows->forgets = true;
	flows->forgotten.groups += failures(flow) > 0;
	flows->forgotten.failed += failures(flow);
	pour(flows, index, &key);
}

/* Sums of processes that have exited since become one. */
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

/* numbers: by old number, new ones; 0: gone. */
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

/* Amortized: as many flows as there are now have to come before the next time. */
static void sweep(struct flows *flows)
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

/* --- counting ------------------------------------------------------------------------------- */

static void make_room(struct flows *flows)
{
	if (flows->map.count >= flows->limit)
		sweep(flows);
}

/* 0 is never. */
static void touch(const struct flows *flows, struct flow *flow)
{
	uint64_t now = table_now(flows->table);

	flow->last = now ? now : 1;
}

/* In flows->came. */
static uint32_t number_of(const struct flows *flows, const struct flow *flow)
{
	return (uint32_t)map_index(&flows->map, flow) + 1;
}

static uint32_t *came_of(struct flows *flows, const struct row *row)
{
	size_t room = flows->came_room ? flows->came_room : 256;
	uint32_t *came;

	while (room <= row->self)
		room *= 2;
	if (room > flows->came_room) {
		came = reallocarray(flows->came, room, sizeof(*came));
		if (!came)
			return NULL;
		memset(came + flows->came_room, 0, (room - flows->came_room) * sizeof(*came));
		flows->came = came;
		flows->came_room = room;
	}
	return &flows->came[row->self];
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
	now = get(flows, key);
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
	struct flow *flow = get(flows, key);

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
	const struct group_key place = key_of_place(key);

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
	place = key_of_place(&flow->key);
	flow = map_find(&flows->map, &place);
	if (flow)
		flow->entered--;
	flows->came[row->self] = 0;
}

/* A socket begins in CLOSE: it has not come into that. */
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

/* From CLOSE no transition leads away, but the end of the socket. */
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
	flow = get(flows, key);
	if (!flow)
		return;
	touch(flows, flow);
	flow->failed[failure]++;
	flow->local |= local;
	flow->waited += waited;
	if (comm)
		memcpy(flow->comm, comm, sizeof(flow->comm));
}

void flows_ending(struct flows *flows, const struct group_key *key, const struct endings *ending)
{
	const struct group_key place = key_of_place(key);
	struct flow *flow;

	make_room(flows);
	flow = get(flows, key);
	if (flow) {
		touch(flows, flow);
		add_endings(&flow->endings, ending);
	}
	flow = get(flows, &place);
	if (flow) {
		touch(flows, flow);
		add_endings(&flow->endings, ending);
	}
}
