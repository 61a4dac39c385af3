/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks: what the kernel holds, read from its tables. Also point look-ups. */
#include "base/clock.h"
#include "core/table_private.h"

/*
 * A walk over 5.9 to 5.14 holds no socket lock: its sample may be older by an
 * instant than an event with an earlier time. An event this near beats it.
 */
#define SAMPLE_SLACK NS_PER_MS
#define TIME_WAIT_MS 60000U /* TCP_TIMEWAIT_LEN */

void fold_walk_begin(struct table *t, const struct fact_walk *fact)
{
	loss_tell(t);
	if (fact->kind == WALK_HOLDERS) {
		t->holding = true;
		t->holder_gen++;
		t->hold_begin = fact->h.time;
		return;
	}
	t->walking = true;
	t->gen++;
	t->walk_netns = fact->netns;
	t->walk_begin = fact->h.time;
}

static void end_of_walks(struct table *t)
{
	if (!t->walking && !t->holding)
		tombs_clear(&t->tombs);
}

/* Not seen by the walk, and nothing heard of it since that began: it is gone. */
static bool walk_missed(const struct table *t, const struct row *row)
{
	return row->netns == t->walk_netns && row->gen_seen != t->gen &&
	       row->state != STATE_CLOSE && row->touched < t->walk_begin &&
	       row->changed < t->walk_begin;
}

static void sweep_sockets(struct table *t)
{
	for (uint32_t i = 0; i < t->rows.used; i++) {
		struct row *row = row_at(t, i);

		if (!row->used || !walk_missed(t, row))
			continue;
		/* Mini and request sockets end without an event; others only if it was lost. */
		if (!(row->flags & (ROW_MINI | ROW_REQUEST | ROW_NASCENT)))
			t->totals.healed++;
		row_retire(t, row, t->now);
	}
}

/* Holders that are no more; and sockets in CLOSE, which only an fd keeps alive. */
static void sweep_holders(struct table *t)
{
	for (uint32_t i = 0; i < t->rows.used; i++) {
		struct row *row = row_at(t, i);

		if (!row->used)
			continue;
		if (row->holders != ROW_NONE)
			holders_keep(t, row, t->holder_gen);
		if (row->state == STATE_CLOSE && row->holders == ROW_NONE &&
		    row->touched < t->hold_begin && row->changed < t->hold_begin)
			row_drop(t, row);
	}
	t->totals.holders_known = true;
}

void fold_walk_end(struct table *t, const struct fact_walk *fact)
{
	if (fact->kind == WALK_HOLDERS && t->holding) {
		sweep_holders(t);
		t->holding = false;
	} else if (fact->kind == WALK_SOCKETS && t->walking && fact->netns == t->walk_netns) {
		sweep_sockets(t);
		t->walking = false;
	}
	end_of_walks(t);
}

/* --- one socket seen ------------------------------------------------------------------------ */

/* Since when, at the latest, it has been in its state. */
static uint64_t bound_of_since(const struct fact_sample *s, uint64_t time)
{
	uint64_t ms = 0;

	if (s->flags & SAMPLE_MINI && s->state == STATE_TIME_WAIT && s->timer_ms < TIME_WAIT_MS)
		ms = TIME_WAIT_MS - s->timer_ms; /* or longer, if it was re-armed */
	else if (s->flags & SAMPLE_IDLE &&
		 (s->state == STATE_CLOSE_WAIT || s->state == STATE_ESTABLISHED ||
		  s->state == STATE_FIN_WAIT2 || s->state == STATE_CLOSING))
		ms = s->idle_ms;
	return ms * NS_PER_MS < time ? time - ms * NS_PER_MS : time;
}

static struct row *row_from_walk(struct table *t, const struct fact_seen *seen)
{
	struct row *row;

	/* Only full sockets keep their address in the row: a mini-socket's has no events. */
	row = row_new(t, seen->s.flags & SAMPLE_MINI ? 0 : seen->h.sk, seen->s.netns, seen->h.time);
	if (!row)
		return NULL;
	row_set_state(t, row, seen->s.state);
	if (seen->s.flags & SAMPLE_REQUEST)
		row->flags |= ROW_REQUEST | ROW_LISTENED;
	if (seen->s.flags & SAMPLE_MINI)
		row->flags |= ROW_MINI;
	row->since = bound_of_since(&seen->s, seen->h.time);
	row->born = row->since;
	row_settle(t, row, &seen->s, seen->h.time);
	row_add_step(t, row, row->since, STEP_STATE, seen->s.state, 0);
	return row;
}

static bool other_cookie(const struct row *row, const struct fact_sample *s)
{
	return row->cookie && s->cookie && row->cookie != s->cookie;
}

/* The row that a full or request socket of a walk belongs to; NULL: none yet. */
static struct row *row_of_seen(struct table *t, const struct fact_seen *seen)
{
	struct row *row = row_find_sk(t, seen->h.sk);

	if (row && (other_cookie(row, &seen->s) ||
		    (row->flags & ROW_REQUEST && !(seen->s.flags & SAMPLE_REQUEST)))) {
		row_retire(t, row, seen->h.time); /* the address belongs to another one now */
		row = NULL;
	}
	if (row || !(seen->s.flags & SAMPLE_TUPLE))
		return row;
	row = row_find_tuple(t, &seen->s, 0);
	if (!row || row->flags & ROW_MINI || other_cookie(row, &seen->s))
		return NULL;
	if (row->flags & ROW_REQUEST && !(seen->s.flags & SAMPLE_REQUEST))
		return NULL; /* row_settle() makes the two one */
	if (seen->h.sk && row->sk) /* listeners that share a port are told apart by address */
		return NULL;
	row_set_sk(t, row, seen->h.sk ? seen->h.sk : row->sk);
	return row;
}

static void correct_state(struct table *t, struct row *row, const struct fact_seen *seen)
{
	if (row->state == seen->s.state || seen->h.time <= row->changed + SAMPLE_SLACK)
		return;
	if (!(row->flags & (ROW_MINI | ROW_REQUEST))) {
		row->flags |= ROW_HEALED;
		t->totals.healed++;
	}
	row_enter(t, row, seen->s.state, seen->h.time, true, NULL);
}

static void mark_seen(struct table *t, struct row *row, uint64_t time)
{
	row->gen_seen = t->gen;
	row->touched = time;
}

static void seen_mini(struct table *t, const struct fact_seen *seen)
{
	struct row *row = row_find_tuple(t, &seen->s, 0);
	uint64_t deadline = seen->h.time + seen->s.timer_ms * NS_PER_MS;

	if (row && !(row->flags & ROW_MINI)) {
		/* Its transition is in the ring still, unless it was lost. */
		if (seen->h.time <= row->changed + NS_PER_SEC || other_cookie(row, &seen->s)) {
			mark_seen(t, row, seen->h.time);
			return;
		}
		row_become_mini(t, row, row->state, seen->h.time, deadline);
		row->flags |= ROW_HEALED;
		t->totals.healed++;
	}
	if (!row)
		row = row_from_walk(t, seen);
	if (!row)
		return;
	if (row->state != seen->s.state) /* the peer's FIN reached it: no event tells */
		row_enter(t, row, seen->s.state, seen->h.time, true, NULL);
	row_take_sample(t, row, &seen->s, seen->h.time);
	mark_seen(t, row, seen->h.time);
	row->flags |= ROW_CONFIRMED;
	row->deadline = deadline;
	ask_mini(t, row, deadline);
}

void fold_seen(struct table *t, const struct fact_seen *seen)
{
	struct row *row;

	if (seen->s.state >= STATE_COUNT || !seen->s.state)
		return;
	if (seen->s.flags & SAMPLE_MINI) {
		seen_mini(t, seen);
		return;
	}
	row = row_of_seen(t, seen);
	if (!row) {
		if (tombs_time(&t->tombs, seen->h.sk) >= seen->h.time || seen->s.flags & SAMPLE_POINT)
			return;
		row = row_from_walk(t, seen);
		if (!row)
			return;
	} else {
		correct_state(t, row, seen);
	}
	/* Newer events know more: of the sample only what they left open. */
	if (seen->h.time > row->changed || row->flags & (ROW_PORT_PENDING | ROW_NASCENT)) {
		row_settle(t, row, &seen->s, seen->h.time);
		row_take_sample(t, row, &seen->s, seen->h.time);
		if (row->lport)
			row_port_known(t, row);
	}
	if (!(seen->s.flags & SAMPLE_POINT))
		mark_seen(t, row, seen->h.time);
}

void fold_gone(struct table *t, const struct fact_seen *fact)
{
	struct row *row = row_find_tuple(t, &fact->s, ROW_MINI | ROW_REQUEST);

	if (row && !other_cookie(row, &fact->s))
		row_retire(t, row, fact->h.time);
}

void fold_holder(struct table *t, const struct fact_holder *fact)
{
	struct row *row = row_find_sk(t, fact->h.sk);

	if (!row || (row->cookie && fact->cookie && row->cookie != fact->cookie))
		return;
	row->flags |= ROW_SOCKET;
	row->inode = fact->inode;
	holder_add(t, row, fact->pid, fact->comm, fact->fd);
}
