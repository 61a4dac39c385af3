/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connects to one place that get no answer have one cause, whether they still wait, were given up,
 * or are half-open at the listener:
 *
 *   client SYN_SENT                  SYN+ACKs are dropped           SYN_RECV of the listener
 *   client gone, given up            ... likewise                   SYN_RECV of the listener
 *   client SYN_SENT, others given up nothing answers at that place
 *
 * If the kernel drops packets that begin a connection because the conntrack table is full, that is
 * the cause of all of them.
 */
#include <string.h>

#include "field/endpoint.h"
#include "rules/ends_private.h"

static bool is_unanswered(const struct ends *ends, uint32_t index)
{
	const struct rule *rule = ends->found->rules[index];

	return (rule == &rule_syn_sent_no_answer || rule == &rule_connect_given_up ||
	        rule == &rule_connect_timed_out) &&
	       ends->found->findings[index].level > FINDING_UNCLEAR;
}

/* Do the connects go to the address of the half-open sockets? */
static bool is_at(const struct finding *half_open, const struct finding *connects)
{
	const struct group_key *left = &half_open->group.key, *right = &connects->group.key;
	uint8_t addr[16];

	if (left->port != right->port || !half_open->group.example ||
	    (left->netns != right->netns && address_is_loopback(right->addr)))
		return false;
	address_map(half_open->group.example->family, half_open->group.example->laddr, addr);
	return !memcmp(addr, right->addr, sizeof(addr));
}

static bool are_at_one_place(const struct finding *finding, const struct finding *other)
{
	const struct group_key *left = &finding->group.key, *right = &other->group.key;

	return left->netns == right->netns && left->port == right->port &&
	       !memcmp(left->addr, right->addr, sizeof(left->addr));
}

/* Connects that still wait are the main finding of a place; else the first failed ones. */
static bool comes_first(const struct ends *ends, uint32_t index, uint32_t other)
{
	bool left = ends->found->rules[index] == &rule_syn_sent_no_answer;
	bool right = ends->found->rules[other] == &rule_syn_sent_no_answer;

	return left != right ? left : index < other;
}

static uint32_t find_same(const struct ends *ends, uint32_t index)
{
	const struct finding_set *found = ends->found;
	bool half_open = found->rules[index] == &rule_syn_recv_pile;
	uint32_t best = NONE;

	for (uint32_t i = 0; i < found->count; i++) {
		if (i == index || !is_unanswered(ends, i) ||
		    !(half_open ? is_at(&found->findings[index], &found->findings[i])
		                : are_at_one_place(&found->findings[index], &found->findings[i])))
			continue;
		if (best == NONE || comes_first(ends, i, best))
			best = i;
	}
	return best;
}

/*
 * The conntrack finding of the namespace, if its drops can explain each of these connects; or NONE.
 */
static uint32_t find_tracking(const struct ends *ends, const struct finding *finding)
{
	const struct group *group = &finding->group;

	if (!rule_drops_untracked(ends->why, group))
		return NONE;
	for (uint32_t i = 0; i < ends->found->count; i++)
		if (ends->found->rules[i] == &rule_conntrack_full &&
		    ends->found->findings[i].group.key.netns == group->key.netns)
			return i;
	return NONE;
}

void ends_link_opening(struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index];
	bool half_open = ends->found->rules[index] == &rule_syn_recv_pile;
	uint32_t other = NONE;

	if (ends->waits_for[index] != NONE || finding->storm)
		return;
	if (is_unanswered(ends, index))
		other = find_tracking(ends, finding);
	if (other == NONE &&
	    (is_unanswered(ends, index) || (half_open && finding->mover == MOVER_KERNEL)))
		other = find_same(ends, index);
	if (other == NONE ||
	    (is_unanswered(ends, other) && !half_open && comes_first(ends, index, other)))
		return;
	ends->waits_for[index] = other;
}
