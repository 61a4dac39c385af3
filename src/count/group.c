/* SPDX-License-Identifier: BSD-2-Clause */
#include "count/group_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "field/endpoint.h"
#include "table/host.h"

/* --- keys ----------------------------------------------------------------------------------- */

static uint8_t plain_state(uint8_t state)
{
	return state == STATE_NEW_SYN_RECV ? STATE_SYN_RECV : state;
}

void group_key_of(const struct table *t, const struct row *row, struct group_key *key)
{
	struct owner owner;

	memset(key, 0, sizeof(*key));
	table_owner(t, row, &owner);
	if (owner.task) {
		key->pid = owner.task->pid;
		key->start = owner.task->start;
	}
	key->netns = row->netns;
	key->state = plain_state(row->state);
	key->passive = row_is_passive(t, row);
	key->port = key->passive ? row->lport : row->rport;
	if (!key->passive)
		address_map(row->family, row->raddr, key->addr);
}

/* --- who comes and goes --------------------------------------------------------------------- */

struct groups *groups_new(const struct table *table)
{
	struct groups *groups = calloc(1, sizeof(*groups));

	if (!groups)
		return NULL;
	groups->table = table;
	groups->since = table_now(table);
	flows_init(&groups->flows, table);
	map_init(&groups->groups, sizeof(struct group_key), sizeof(struct group));
	map_init(&groups->growth, sizeof(struct growth_key), sizeof(struct growth));
	return groups;
}

void groups_free(struct groups *groups)
{
	if (!groups)
		return;
	flows_free(&groups->flows);
	map_free(&groups->groups);
	map_free(&groups->growth);
	free(groups->members);
	free(groups);
}

uint64_t groups_window(const struct groups *groups)
{
	/* Made before any fact came: all of a recording is watched. */
	uint64_t since = groups->since ? groups->since : table_began(groups->table);
	uint64_t now = table_now(groups->table);

	return now > since ? now - since : 0;
}

uint64_t groups_window_of(const struct groups *groups, const struct group *group)
{
	uint64_t now = table_now(groups->table);

	if (!group->since)
		return groups_window(groups);
	return now > group->since ? now - group->since : 0;
}

double groups_rate(const struct groups *groups, const struct group *group, uint64_t number)
{
	uint64_t window = groups_window_of(groups, group);

	return window ? (double)number * NS_PER_SEC / (double)window : 0;
}

uint64_t groups_ended(const struct groups *groups, const struct group_key *place)
{
	struct group_key key = *place;
	const struct flow *flow;

	key.state = STATE_ESTABLISHED;
	flow = flows_find_place(&groups->flows, &key);
	return flow ? flow->left : 0;
}

void groups_forgotten(const struct groups *groups, struct groups_forgotten *forgotten)
{
	*forgotten = groups->flows.forgotten;
}

void groups_change(const struct change *change, void *arg)
{
	struct groups *groups = arg;
	struct group_key from, to;
	struct endings ending;

	if (change->kind != CHANGE_STATE && change->kind != CHANGE_SUBFLOW &&
	    change->kind != CHANGE_END && change->kind != CHANGE_BECAME)
		return;
	if (groups->growth.count)
		map_free(&groups->growth);
	if (change->kind == CHANGE_END || change->kind == CHANGE_BECAME) {
		flows_end(&groups->flows, change->row, change->kind == CHANGE_BECAME);
		return;
	}
	if (change->row->flags & ROW_SUBFLOW) {
		flows_undo(&groups->flows, change->row);
		return;
	}
	group_key_of(groups->table, change->row, &from);
	if (change->kind == CHANGE_SUBFLOW) {
		flows_enter(&groups->flows, change->row, &from);
		return;
	}
	to = from;
	from.state = plain_state(change->old);
	to.state = plain_state(change->new);
	flows_move(&groups->flows, change->row, &from, &to);
	if (change_is_ending(change)) {
		from.state = STATE_ESTABLISHED;
		ending_of(groups->table, change, &ending);
		flows_ending(&groups->flows, &from, &ending);
	}
}

bool row_is_added(const struct table *table, const struct row *row)
{
	const struct row *msk = table_find_mptcp(table, row);

	return msk && msk->state != STATE_SYN_SENT;
}

void groups_failure(const struct change *change, struct groups *groups)
{
	enum connect_failure failure = change_connect_failure(change);
	struct group_key key;
	struct owner owner;

	if (row_is_added(groups->table, change->row))
		return;
	group_key_of(groups->table, change->row, &key);
	key.state = STATE_SYN_SENT;
	table_owner(groups->table, change->row, &owner);
	flows_fail(&groups->flows, &key, failure, owner.task ? owner.task->comm : NULL,
	           row_is_to_itself(change->row), failure == CONNECT_GIVEN_UP ? change->dwell : 0);
}

static const struct flow *flow_at(const struct groups *groups, size_t index)
{
	return map_at(&groups->flows.map, index);
}

static bool add_growth(struct groups *groups, const struct growth_key *key, const struct flow *flow)
{
	struct growth *growth = map_get(&groups->growth, key);

	if (growth)
		growth->by += (int64_t)flow->entered - (int64_t)flow->left;
	return growth;
}

/* Once for all processes: each would look at all flows. */
static bool sum_growth(struct groups *groups)
{
	for (size_t i = 0; i < groups->flows.map.count; i++) {
		const struct flow *flow = flow_at(groups, i);
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

/* --- groups --------------------------------------------------------------------------------- */

static uint64_t stack_of(const struct table *t, const struct row *row)
{
	const struct origin *origin = table_origin(t, row->owner);

	return origin ? origin->stack : 0;
}

static int add_member(struct groups *groups, const struct row *row, uint8_t class,
                      const uint64_t tally[GROUP_TALLIES])
{
	uint64_t now = table_now(groups->table);
	struct member *member = &groups->members[groups->member_count];
	struct group_key key;
	struct group *group;

	group_key_of(groups->table, row, &key);
	key.class = class;
	group = map_get(&groups->groups, &key);
	if (!group)
		return -ENOMEM;
	for (int i = 0; i < GROUP_TALLIES; i++)
		group->tally[i] += tally[i];
	group->count++;
	group->came += flows_has_come(&groups->flows, row);
	group->at_least |= !(row->flags & ROW_SINCE_EXACT);
	if (!group->example || row->since < group->example->since)
		group->example = row;
	*member = (struct member){
		.row = row,
		.age = now > row->since ? now - row->since : 0,
		.stack = stack_of(groups->table, row),
		.group = (uint32_t)map_index(&groups->groups, group),
	};
	groups->member_count++;
	return 0;
}

int member_compare(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	if (left->group != right->group)
		return left->group < right->group ? -1 : 1;
	return (left->age > right->age) - (left->age < right->age);
}

static int by_stack(const void *a, const void *b)
{
	const struct member *left = a, *right = b;

	return (left->stack > right->stack) - (left->stack < right->stack);
}

/* The stack that most have; they are sorted by it afterwards. */
static void find_stack(struct group *group, struct member *members, size_t count)
{
	qsort(members, count, sizeof(*members), by_stack);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from; to < count && members[to].stack == members[from].stack;)
			to++;
		if (!members[from].stack || to - from <= group->stack_count)
			continue;
		group->stack = members[from].stack;
		group->stack_count = (uint32_t)(to - from);
	}
}

void group_measure(struct group *group, struct member *members)
{
	size_t count = group->count;

	group->youngest = members[0].age;
	group->median = members[(count - 1) / 2].age;
	group->p99 = members[(count * 99 + 99) / 100 - 1].age;
	group->oldest = members[count - 1].age;
	find_stack(group, members, count);
}

static void conclude(struct groups *groups, struct group *group, struct member *members)
{
	struct group_key key = group->key;
	const struct flow *flow;

	group_measure(group, members);
	flow = flows_find(&groups->flows, &key);
	if (flow) {
		group->entered = flow->entered;
		group->left = flow->left;
		group->since = flow->since;
	}
	flow = flows_find_place(&groups->flows, &key);
	if (flow) {
		group->place_entered = flow->entered;
		group->place_left = flow->left;
		group->place_since = flow->since;
	}
}

/* --- the same port by the other address family ----------------------------------------------- */

/* Those of all processes that have exited are one. */
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

static uint64_t failed_of(const struct flow *flow)
{
	uint64_t sum = 0;

	for (int i = 0; i < CONNECT_FAILURE_COUNT; i++)
		sum += flow->failed[i];
	return sum;
}

static int sum_tried(struct groups *groups, struct map *map)
{
	for (size_t i = 0; i < groups->flows.map.count; i++) {
		const struct flow *flow = flow_at(groups, i);
		uint64_t failed = failed_of(flow);
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

/* Of groups of failed connects. */
static int find_through(struct groups *groups)
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

static int add_failures(struct groups *groups, const struct flow *flow,
                        const uint8_t classes[CONNECT_FAILURE_COUNT])
{
	for (unsigned int i = CONNECT_FAILURE_NONE + 1; i < CONNECT_FAILURE_COUNT; i++) {
		struct group_key key = flow->key;
		struct group *group;

		if (!flow->failed[i] || !classes[i] || flow->key.class == FLOW_ELSEWHERE)
			continue;
		key.class = classes[i];
		if (flow_has_exited(groups->table, &key)) {
			key.pid = 0;
			key.start = 0;
		}
		group = map_get(&groups->groups, &key);
		if (!group)
			return -ENOMEM;
		group->failure = (enum connect_failure)i;
		if (group->failed && memcmp(group->comm, flow->comm, sizeof(flow->comm)) != 0)
			memset(group->comm, 0, sizeof(group->comm));
		else
			memcpy(group->comm, flow->comm, sizeof(group->comm));
		if (!group->failed || flow->since < group->since)
			group->since = flow->since;
		group->failed += flow->failed[i];
		group->local |= flow->local;
		group->waited += flow->waited;
		if (flow->last > group->last)
			group->last = flow->last;
		group->entered += flow->entered;
		group->left += flow->left;
	}
	return 0;
}

static int larger_first(const void *a, const void *b)
{
	const struct group *left = a, *right = b;

	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	if (left->failed != right->failed)
		return left->failed < right->failed ? 1 : -1;
	return memcmp(&left->key, &right->key, sizeof(left->key)); /* the same order each time */
}

static int add_rows(struct groups *groups, group_class_fn *classify, void *arg)
{
	struct row_iter iter;
	const struct row *row;
	int err = 0;

	table_for_each (groups->table, iter, row) {
		uint64_t tally[GROUP_TALLIES] = {0};
		uint8_t class = classify(groups->table, row, tally, arg);
		struct group_key key;

		if (flows_has_come(&groups->flows, row)) {
			group_key_of(groups->table, row, &key);
			flows_correct(&groups->flows, row, &key);
		}
		if (class && !err)
			err = add_member(groups, row, class, tally);
	}
	return err;
}

int groups_collect(struct groups *groups, group_class_fn *classify, void *arg,
                   const uint8_t failures[CONNECT_FAILURE_COUNT])
{
	struct totals totals;
	size_t at = 0;
	int err;

	table_totals(groups->table, &totals);
	map_free(&groups->groups);
	map_free(&groups->growth);
	free(groups->members);
	groups->member_count = 0;
	groups->member_room = totals.rows + 1;
	groups->members = calloc(groups->member_room, sizeof(*groups->members));
	if (!groups->members)
		return -ENOMEM;
	err = add_rows(groups, classify, arg);
	qsort(groups->members, groups->member_count, sizeof(*groups->members), member_compare);
	for (size_t i = 0; i < groups->groups.count; i++) {
		struct group *group = map_at(&groups->groups, i);

		group->first = at;
		conclude(groups, group, groups->members + at);
		at += group->count;
	}
	for (size_t i = 0; failures && i < groups->flows.map.count && !err; i++)
		err = add_failures(groups, flow_at(groups, i), failures);
	if (failures && !err)
		err = find_through(groups);
	/* By place from here on, not by key. */
	if (groups->groups.count)
		qsort(groups->groups.entries, groups->groups.count, sizeof(struct group),
		      larger_first);
	return err;
}

size_t groups_count(const struct groups *groups)
{
	return groups->groups.count;
}

const struct group *groups_at(const struct groups *groups, size_t index)
{
	return map_at(&groups->groups, index);
}
