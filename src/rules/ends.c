/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * If both ends of a connection are on this host, the finding is about the end that must act:
 *
 *   client FIN_WAIT2 -> CLOSE_WAIT proxy FIN_WAIT2 -> CLOSE_WAIT backend
 *
 * Each finding may wait for another one, for one of these reasons. The peers of its sockets belong
 * to the other one: FIN_WAIT2 waits for a CLOSE_WAIT that no process closes. Its peers are in the
 * queue of a listener that does not accept. Its process is a proxy that has as many connections
 * that wait. The same holds for requests that were read and not answered. A finding that waits
 * becomes a line of evidence of the finding at the end of the chain.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules/ends_private.h"

/* About as many: a few may be in flight. */
static bool is_as_many(uint64_t count, uint64_t as)
{
	return count * 5 >= as * 4;
}

static bool is_unanswered(const struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index];

	return ends->found->rules[index] == &rule_established_unanswered &&
	       finding->group.key.passive && finding->level != FINDING_OK;
}

/* Does the process keep what it has read, like a proxy that has forwarded it? */
static bool may_have_passed_on(const struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index];

	if (is_unanswered(ends, index))
		return true;
	return finding->level != FINDING_OK && finding->level != FINDING_UNCLEAR &&
	       finding->group.key.state == STATE_CLOSE_WAIT &&
	       (ends->found->rules[index] == &rule_close_wait_leak ||
	        ends->found->rules[index] == &rule_close_wait_eof_unread);
}

/* The finding about FIN_WAIT2 of the same process, or NONE. */
static uint32_t find_shut_down(const struct ends *ends, const struct upstream *upstream)
{
	return ends_finding(ends, upstream->example);
}

static void link_peers(struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index];
	uint32_t count, other;

	if (finding->storm || !finding->group.count)
		return;
	other = ends_find_peers(ends, finding, &count);
	if (other == NONE || count * 2 < finding->group.count)
		return;
	if (ends_can_join(ends, index, other) ||
	    (ends->found->rules[index] == &rule_syn_recv_pile &&
	     ends->found->findings[other].level > FINDING_OK))
		ends->waits_for[index] = other;
}

/* A storm waits for the finding that is its cause. */
static void link_cause(struct ends *ends, uint32_t index)
{
	uint32_t other = finding_set_cause(ends->why, ends->found, index);

	if (other != NONE && ends_can_join(ends, index, other))
		ends->waits_for[index] = other;
}

static void link_upstream(struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index];
	struct upstream upstream;
	uint32_t other;

	if (ends->waits_for[index] != NONE || !may_have_passed_on(ends, index))
		return;
	upstream = ends_upstream(ends, finding);
	if (!upstream.count || !is_as_many(upstream.count, finding->group.count))
		return;
	other = (uint32_t)upstream.finding;
	if (other != NONE && !ends_can_join(ends, index, other))
		return;
	if (other == NONE)
		other = find_shut_down(ends, &upstream);
	if (other == NONE && !is_unanswered(ends, index))
		ends_judge_waiting(ends, index, &upstream);
	else if (other != NONE && other != index)
		ends->waits_for[index] = other;
}

/* Data do not arrive because segments are larger than the path MTU. */
static void link_hole(struct ends *ends, uint32_t index)
{
	const struct finding_set *found = ends->found;
	const struct group_key *key = &found->findings[index].group.key;

	if (!ends->holes || found->rules[index] != &rule_established_send_blocked)
		return;
	for (uint32_t i = 0; i < found->count; i++) {
		const struct finding *hole = &found->findings[i];

		if (found->rules[i] && hole->rule == rule_pmtu_black_hole.id &&
		    hole->group.key.netns == key->netns && !key->passive &&
		    !memcmp(hole->group.key.addr, key->addr, sizeof(key->addr)))
			ends->waits_for[index] = i;
	}
}

/* Clients on this host leak connections: the group of their server grows with them. */
static void link_growth(struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index], *client;
	const struct row *peer;
	uint32_t other;

	if (ends->found->rules[index] != &rule_established_growing || !finding->group.key.passive ||
	    finding->level < FINDING_WARNING)
		return;
	peer = table_find_peer(ends->why->table, finding->group.example);
	other = peer ? ends_finding(ends, peer) : NONE;
	if (other == NONE || ends->found->rules[other] != &rule_established_growing)
		return;
	client = &ends->found->findings[other];
	if (client->level >= finding->level && !client->group.key.passive &&
	    is_as_many(client->group.count, finding->group.count))
		ends->waits_for[index] = other;
}

uint32_t ends_root(const struct ends *ends, uint32_t index)
{
	uint32_t root = index;

	for (size_t steps = 0; ends->waits_for[root] != NONE; steps++) {
		if (steps > ends->found->count)
			return index;
		root = ends->waits_for[root];
	}
	return root;
}

static int number_rows(struct ends *ends)
{
	const struct groups *groups = ends->why->groups;
	struct row_iter iter;
	const struct row *row;

	table_for_each (ends->why->table, iter, row)
		if (row->self >= ends->rows)
			ends->rows = (size_t)row->self + 1;
	ends->of_row = calloc(ends->rows + 1, sizeof(*ends->of_row));
	ends->waits_for = calloc(ends->found->count + 1, sizeof(*ends->waits_for));
	if (!ends->of_row || !ends->waits_for)
		return -ENOMEM;
	memset(ends->of_row, 0xff, ends->rows * sizeof(*ends->of_row));
	memset(ends->waits_for, 0xff, ends->found->count * sizeof(*ends->waits_for));
	for (size_t i = 0; i < ends->found->count; i++)
		ends->holes |= ends->found->rules[i] &&
		               ends->found->findings[i].rule == rule_pmtu_black_hole.id;
	for (size_t i = 0; i < groups_count(groups); i++) {
		const struct group *group = groups_at(groups, i);

		for (uint32_t n = 0; n < group->count; n++)
			ends->of_row[groups_member(groups, group, n)->self] =
				ends->found->of_group[i];
	}
	return 0;
}

int finding_set_join_ends(const struct why *why, struct finding_set *found, uint32_t states)
{
	struct ends ends = {.why = why, .found = found};
	int err = number_rows(&ends);

	map_init(&ends.upstreams, sizeof(uint64_t), sizeof(struct upstream));
	if (!err)
		err = ends_find_upstreams(&ends);
	for (uint32_t i = 0; i < found->count && !err; i++)
		if (found->rules[i]) {
			link_peers(&ends, i);
			ends_link_listener(&ends, i);
			link_growth(&ends, i);
			link_hole(&ends, i);
			link_cause(&ends, i);
			ends_link_opening(&ends, i);
		}
	for (uint32_t i = 0; i < found->count && !err; i++)
		if (found->rules[i])
			link_upstream(&ends, i);
	if (!err)
		ends_note_all(&ends, states);
	map_free(&ends.upstreams);
	free(ends.of_row);
	free(ends.waits_for);
	return err;
}
