/* SPDX-License-Identifier: BSD-2-Clause */
#include "count/group_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "field/endpoint.h"
#include "table/counters.h"

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
