/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/endpoint.h"
#include "core/host.h"
#include "core/group_map.h"

#define CLASS_PLACE 1 /* in keys of flows: of all processes there; otherwise 0 */

/* Who came into a state and who left it. */
struct flow {
	struct group_key key;
	uint64_t entered, left;
	uint64_t failed[CONNECT_FAILURE_COUNT]; /* of SYN_SENT */
	char comm[FACT_COMM_LEN];               /* if any has failed */
};

/* Of a group in the making: one socket. */
struct member {
	uint64_t age, stack;
	uint32_t group;
};

struct groups {
	const struct table *table;
	uint64_t since;
	struct group_map flows, groups;
	uint32_t *came; /* by row: number of the flow that its entry counts in, 0: none */
	size_t came_room;
	struct member *members;
	size_t member_count;
};

/* --- keys ----------------------------------------------------------------------------------- */

static uint8_t plain_state(uint8_t state)
{
	return state == STATE_NEW_SYN_RECV ? STATE_SYN_RECV : state;
}

/* Its beginning was not seen, and nobody listens any more: connect() takes ports of its own range. */
static bool has_servers_ports(const struct table *t, const struct row *row)
{
	uint32_t low = 32768, high = 60999; /* ip_local_port_range, if nobody has changed it */

	table_local_ports(t, row->netns, &low, &high);
	return (row->lport < low || row->lport > high) && row->rport >= low && row->rport <= high;
}

bool row_is_passive(const struct table *t, const struct row *row)
{
	if (row->flags & (ROW_LISTENED | ROW_CONNECTED))
		return row->flags & ROW_LISTENED;
	return row_is_listener(row) || table_find_listener(t, row) || has_servers_ports(t, row);
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
		endpoint_map(row->family, row->raddr, key->addr);
}

/* --- who comes and goes --------------------------------------------------------------------- */

struct groups *groups_new(const struct table *table)
{
	struct groups *groups = calloc(1, sizeof(*groups));

	if (!groups)
		return NULL;
	groups->table = table;
	groups->since = table_now(table);
	group_map_init(&groups->flows, sizeof(struct flow));
	group_map_init(&groups->groups, sizeof(struct group));
	return groups;
}

void groups_free(struct groups *groups)
{
	if (!groups)
		return;
	group_map_free(&groups->flows);
	group_map_free(&groups->groups);
	free(groups->came);
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

double groups_rate(const struct groups *groups, uint64_t number)
{
	uint64_t window = groups_window(groups);

	return window ? (double)number * NS_PER_SEC / (double)window : 0;
}

/* In groups->came. */
static uint32_t flow_number(const struct groups *groups, const struct flow *flow)
{
	return (uint32_t)group_map_index(&groups->flows, flow) + 1;
}

static struct group_key key_of_place(const struct group_key *key)
{
	struct group_key place = *key;

	place.pid = 0;
	place.start = 0;
	place.class = CLASS_PLACE;
	return place;
}

static uint32_t *came_of(struct groups *groups, const struct row *row)
{
	size_t room = groups->came_room ? groups->came_room : 256;
	uint32_t *came;

	while (room <= row->self)
		room *= 2;
	if (room > groups->came_room) {
		came = reallocarray(groups->came, room, sizeof(*came));
		if (!came)
			return NULL;
		memset(came + groups->came_room, 0, (room - groups->came_room) * sizeof(*came));
		groups->came = came;
		groups->came_room = room;
	}
	return &groups->came[row->self];
}

/* Into its present state, while it was watched. */
static bool has_come(const struct groups *groups, const struct row *row)
{
	return row->self < groups->came_room && groups->came[row->self];
}

/*
 * Whose it is may not have been known when it came, or it has changed hands: that of a worker
 * that accepts is its master's, who listens, as long as it is in the queue.
 */
static void correct_flow(struct groups *groups, const struct row *row, const struct group_key *key)
{
	uint32_t *came = came_of(groups, row);
	struct flow *now, *then;

	if (!came || !*came)
		return;
	now = group_map_get(&groups->flows, key);
	then = group_map_at(&groups->flows, *came - 1);
	if (!now || now == then || then->key.state != key->state)
		return;
	then->entered--;
	now->entered++;
	*came = flow_number(groups, now);
}

static void count_place(struct groups *groups, const struct group_key *key, bool entered)
{
	struct group_key place = key_of_place(key);
	struct flow *flow = group_map_get(&groups->flows, &place);

	if (flow && entered)
		flow->entered++;
	else if (flow)
		flow->left++;
}

static void count_entry(struct groups *groups, const struct row *row, const struct group_key *key)
{
	struct flow *flow = group_map_get(&groups->flows, key);
	uint32_t *came = came_of(groups, row);

	if (flow)
		flow->entered++;
	if (came)
		*came = flow ? flow_number(groups, flow) : 0;
	count_place(groups, key, true);
}

static void count_exit(struct groups *groups, const struct row *row, const struct group_key *key)
{
	struct flow *flow;

	correct_flow(groups, row, key);
	flow = group_map_get(&groups->flows, key);
	if (flow)
		flow->left++;
	count_place(groups, key, false);
}

void groups_change(const struct change *change, void *arg)
{
	struct groups *groups = arg;
	struct group_key key;

	if ((change->kind == CHANGE_END || change->kind == CHANGE_BECAME) &&
	    change->row->self < groups->came_room)
		groups->came[change->row->self] = 0;
	if (change->kind != CHANGE_STATE)
		return;
	group_key_of(groups->table, change->row, &key);
	key.state = plain_state(change->old);
	count_exit(groups, change->row, &key);
	key.state = plain_state(change->new);
	count_entry(groups, change->row, &key);
}

void groups_failure(const struct change *change, struct groups *groups)
{
	struct group_key key;
	struct owner owner;
	struct flow *flow;

	group_key_of(groups->table, change->row, &key);
	key.state = STATE_SYN_SENT;
	flow = group_map_get(&groups->flows, &key);
	if (!flow)
		return;
	flow->failed[change_connect_failure(change)]++;
	table_owner(groups->table, change->row, &owner);
	if (owner.task)
		memcpy(flow->comm, owner.task->comm, sizeof(flow->comm));
}

int64_t groups_growth(const struct groups *groups, uint8_t state, const struct group_key *who)
{
	int64_t growth = 0;

	for (size_t i = 0; i < groups->flows.count; i++) {
		const struct flow *flow = group_map_at(&groups->flows, i);

		if (flow->key.state != state || flow->key.class == CLASS_PLACE)
			continue;
		if (!who || (flow->key.pid == who->pid && flow->key.start == who->start))
			growth += (int64_t)flow->entered - (int64_t)flow->left;
	}
	return growth;
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
	group = group_map_get(&groups->groups, &key);
	if (!group)
		return -ENOMEM;
	for (int i = 0; i < GROUP_TALLIES; i++)
		group->tally[i] += tally[i];
	group->count++;
	group->came += has_come(groups, row);
	group->at_least |= !(row->flags & ROW_SINCE_EXACT);
	if (!group->example || row->since < group->example->since)
		group->example = row;
	*member = (struct member){
		.age = now > row->since ? now - row->since : 0,
		.stack = stack_of(groups->table, row),
		.group = (uint32_t)group_map_index(&groups->groups, group),
	};
	groups->member_count++;
	return 0;
}

static int by_age(const void *a, const void *b)
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

static void conclude(struct groups *groups, struct group *group, struct member *members)
{
	size_t count = group->count;
	struct group_key key = group->key;
	const struct flow *flow;
	struct group_key place;

	group->youngest = members[0].age;
	group->median = members[(count - 1) / 2].age;
	group->p99 = members[(count * 99 + 99) / 100 - 1].age;
	group->oldest = members[count - 1].age;
	find_stack(group, members, count);
	key.class = 0;
	flow = group_map_find(&groups->flows, &key);
	if (flow) {
		group->entered = flow->entered;
		group->left = flow->left;
	}
	place = key_of_place(&key);
	flow = group_map_find(&groups->flows, &place);
	if (flow) {
		group->place_entered = flow->entered;
		group->place_left = flow->left;
	}
}

static bool has_exited(const struct table *t, const struct group_key *key)
{
	const struct task *task = key->pid ? table_find_task(t, key->pid, key->start) : NULL;

	return !task || task->exited;
}

static int add_failures(struct groups *groups, const struct flow *flow,
                        const uint8_t classes[CONNECT_FAILURE_COUNT])
{
	for (unsigned int i = CONNECT_FAILURE_NONE + 1; i < CONNECT_FAILURE_COUNT; i++) {
		struct group_key key = flow->key;
		struct group *group;

		if (!flow->failed[i] || !classes[i])
			continue;
		key.class = classes[i];
		if (has_exited(groups->table, &key)) {
			key.pid = 0;
			key.start = 0;
		}
		group = group_map_get(&groups->groups, &key);
		if (!group)
			return -ENOMEM;
		group->failure = (enum connect_failure)i;
		if (group->failed && memcmp(group->comm, flow->comm, sizeof(flow->comm)) != 0)
			memset(group->comm, 0, sizeof(group->comm));
		else
			memcpy(group->comm, flow->comm, sizeof(group->comm));
		group->failed += flow->failed[i];
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

		if (has_come(groups, row)) {
			group_key_of(groups->table, row, &key);
			correct_flow(groups, row, &key);
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
	group_map_free(&groups->groups);
	free(groups->members);
	groups->member_count = 0;
	groups->members = calloc(totals.rows + 1, sizeof(*groups->members));
	if (!groups->members)
		return -ENOMEM;
	err = add_rows(groups, classify, arg);
	qsort(groups->members, groups->member_count, sizeof(*groups->members), by_age);
	for (size_t i = 0; i < groups->groups.count; i++) {
		struct group *group = group_map_at(&groups->groups, i);

		conclude(groups, group, groups->members + at);
		at += group->count;
	}
	for (size_t i = 0; failures && i < groups->flows.count && !err; i++)
		err = add_failures(groups, group_map_at(&groups->flows, i), failures);
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
	return group_map_at(&groups->groups, index);
}
