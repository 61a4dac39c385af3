/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings whose cause is a listener or its process. */
#include "rules/ends_private.h"

uint32_t ends_finding(const struct ends *ends, const struct row *row)
{
	return row->self < ends->rows ? ends->of_row[row->self] : NONE;
}

bool ends_can_join(const struct ends *ends, uint32_t index, uint32_t other)
{
	const struct finding *left = &ends->found->findings[index];
	const struct finding *right = &ends->found->findings[other];

	return index != other && right->level > FINDING_OK &&
	       (left->level > FINDING_OK || right->mover == MOVER_APPLICATION);
}

/* The listener in whose queue the peers of most of these connections wait; NULL: none. */
static const struct row *queue_of_peers(const struct why *why, const struct group *group)
{
	const struct row *queued = NULL;
	uint32_t count = 0;

	for (uint32_t i = 0; i < group->count; i++) {
		const struct row *row = groups_member(why->groups, group, i);
		const struct row *peer = table_find_peer(why->table, row);

		if (!peer || peer->flags & ROW_SOCKET)
			continue;
		queued = peer;
		count++;
	}
	return count * 2 >= group->count && queued ? table_find_listener(why->table, queued) : NULL;
}

/* The listener whose full accept queue is the cause; NULL: none. */
static const struct row *queue_of(const struct ends *ends, uint32_t index)
{
	const struct why *why = ends->why;
	const struct finding *finding = &ends->found->findings[index];
	const struct rule *rule = ends->found->rules[index];
	const struct group_key *key = &finding->group.key;

	if (finding->mover != MOVER_APPLICATION)
		return NULL;
	if (rule == &rule_established_growing && !key->passive) /* they wait for a greeting */
		return queue_of_peers(why, &finding->group);
	if (rule == &rule_close_wait_queued || rule == &rule_syn_recv_pile)
		return table_find_listener(why->table, finding->group.example);
	if (rule == &rule_syn_sent_no_answer || rule == &rule_connect_timed_out ||
	    rule == &rule_connect_given_up)
		return survey_listener(why->survey, key->netns, key->port);
	return NULL;
}

/* The listener at the port of RSTs; NULL: none. */
static const struct row *listener_of_storm(const struct ends *ends, const struct finding *finding)
{
	const struct group_key *key = &finding->storm->key.place;

	if (finding->storm->key.kind == CHANGE_RETRANSMIT || finding->level < FINDING_WARNING ||
	    (!key->passive && !survey_is_local(ends->why->survey, key->addr)))
		return NULL;
	return survey_listener(ends->why->survey, key->netns, key->port);
}

static bool turns_away(const struct ends *ends, uint32_t index)
{
	return ends->found->findings[index].rule == rule_listen_turns_away.id &&
	       ends->found->findings[index].level >= FINDING_WARNING;
}

/* The finding that the process is at its limit of fds, or NONE. */
static uint32_t find_limit(const struct ends *ends, const struct task *task)
{
	for (uint32_t i = 0; i < ends->found->count; i++) {
		const struct finding *finding = &ends->found->findings[i];

		if (ends->found->rules[i] && finding->rule == rule_fd_limit.id &&
		    finding->level > FINDING_OK && finding->group.key.pid == task->pid &&
		    finding->group.key.start == task->start)
			return i;
	}
	return NONE;
}

uint32_t ends_of_listener(const struct ends *ends, const struct row *listener)
{
	uint32_t index = ends_finding(ends, listener), limit = NONE;
	const struct task *task;

	if (index != NONE && ends->found->findings[index].level > FINDING_STEADY)
		return index;
	/* Its queue is short because few clients come, or it stopped polling the listener. */
	task = rule_limited(ends->why->table, listener);
	if (task)
		limit = find_limit(ends, task);
	return limit != NONE ? limit : index;
}

/* The process does not accept, or closes at once, because it has no free fd. */
static uint32_t limit_of(const struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index];
	const struct task *task;

	if (finding->storm || finding->group.key.state != STATE_LISTEN ||
	    finding->level <= FINDING_STEADY || finding->rule == rule_fd_limit.id)
		return NONE;
	task = rule_limited(ends->why->table, finding->group.example);
	return task ? find_limit(ends, task) : NONE;
}

/* A process without a free fd accepts and closes: at once, or late if it is busy. */
static uint32_t limit_of_closing(const struct ends *ends, const struct storm *storm,
                                 const struct row *listener)
{
	const struct task *task = rule_limited(ends->why->table, listener);
	struct group_key key;
	struct endings endings;

	if (!task)
		return NONE;
	group_key_of(ends->why->table, listener, &key);
	key.pid = 0;
	key.start = 0;
	groups_endings(ends->why->groups, &key, &endings);
	if (endings.turned_away || (storm->key.kind == CHANGE_RST_SENT && storm->pid == task->pid))
		return find_limit(ends, task);
	return NONE;
}

void ends_link_listener(struct ends *ends, uint32_t index)
{
	const struct finding *finding = &ends->found->findings[index];
	const struct row *listener =
		finding->storm ? listener_of_storm(ends, finding) : queue_of(ends, index);
	uint32_t other = NONE;

	if (listener)
		other = finding->storm ? ends_finding(ends, listener)
		                       : ends_of_listener(ends, listener);
	if (finding->storm)
		other = other != NONE && turns_away(ends, other)
		                ? other
		                : limit_of_closing(ends, finding->storm, listener);
	else if (other == NONE)
		other = limit_of(ends, index);
	if (other != NONE && ends_can_join(ends, index, other))
		ends->waits_for[index] = other;
}
