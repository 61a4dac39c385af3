/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets as the kernel has them, each with the time of its sample: from a walk or from a lookup.
 */
#include "table/fold_seen_private.h"

#include "base/clock.h"
#include "table/fold_state_private.h"
#include "table/life_private.h"
#include "table/pending_private.h"
#include "table/rows_private.h"
#include "table/sample_private.h"
#include "table/tombstones_private.h"

/*
 * From 5.9 to 5.14 a walk holds no socket lock: its sample may be slightly older than an event with
 * an earlier time. An event this near takes precedence.
 */
#define SAMPLE_SLACK NS_PER_MS
/* Answers of sock_diag take another way than events, and have no kernel address. */
#define DIAG_SLACK   NS_PER_SEC
#define SAME_TIMER   (20 * NS_PER_MS) /* two readings of one timer differ by ticks only */
#define TIME_WAIT_MS (TIME_WAIT_LENGTH / NS_PER_MS)
/*
 * The event comes before the kernel stores the new state, and soon causes a lookup of the socket.
 * The lookup finds the old state as long as the (virtual) CPU is stalled in between. If the state
 * is really another one, a walk will correct it.
 */
#define STORE_SLACK (100 * NS_PER_MS)

/* When it entered its state, at the latest. */
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

	/* Only full sockets keep their address in the row: that of a mini-socket has no events. */
	row = row_new(t, seen->s.flags & SAMPLE_MINI ? 0 : seen->h.sk, seen->s.netns, seen->h.time);
	if (!row)
		return NULL;
	row_first_seen(t, row, &seen->s);
	row->since = bound_of_since(&seen->s, seen->h.time);
	row->born = row->since;
	row_settle(t, row, &seen->s, seen->h.time);
	row_add_step(t, row, row->since, STEP_STATE, seen->s.state, 0);
	if (row->flags & ROW_MINI && row->state == STATE_FIN_WAIT2)
		pending_fin(t, row, seen->h.time);
	return row;
}

/* Is an event of the row newer than the sample, or may it be? */
static bool event_since(const struct row *row, const struct fact_seen *seen)
{
	uint64_t slack = seen->h.sk ? SAMPLE_SLACK : DIAG_SLACK;

	return row->changed && seen->h.time <= row->changed + slack;
}

static void mark_seen(struct table *t, struct row *row, uint64_t time)
{
	row->gen_seen = t->gen;
	if (time > row->touched)
		row->touched = time;
}

/* Has the sampled socket been destroyed since, or left a mini-socket behind? */
static bool outlived(struct table *t, const struct fact_seen *seen)
{
	const struct row *row = row_find_sk(t, seen->h.sk);
	uint64_t destroyed = tombstones_time(&t->tombstones, seen->h.sk);
	bool request = seen->s.flags & SAMPLE_REQUEST;

	if (destroyed && seen->h.time <= destroyed)
		return true;
	if (row)
		return row_is_other(row, &seen->s) && seen->h.time <= row->changed;
	/* The child of a request, and a mini-socket, have the same tuple as what they come from. */
	for (row = row_find_tuple(t, &seen->s, 0); row; row = row_next_tuple(t, row, &seen->s)) {
		bool successor = row->flags & ROW_MINI || (request && !(row->flags & ROW_REQUEST) &&
		                                           row->state != STATE_CLOSE);

		if (successor && event_since(row, seen))
			return true;
	}
	return false;
}

/* A full or request socket that is known only by its addresses so far. */
static struct row *row_of_connection(const struct table *t, const struct fact_seen *seen)
{
	bool request = seen->s.flags & SAMPLE_REQUEST;
	struct row *row;

	if (seen->s.state == STATE_LISTEN)
		return row_find_listening(t, seen->h.sk, &seen->s);
	row = row_find_tuple(t, &seen->s, 0);

	for (; row; row = row_next_tuple(t, row, &seen->s)) {
		if (row->flags & ROW_MINI || row_other_cookie(row, &seen->s))
			continue;
		if (!(row->flags & ROW_REQUEST) == request)
			continue;          /* row_settle() makes request and child one */
		if (seen->h.sk && row->sk) /* another one */
			continue;
		break;
	}
	return row;
}

/* An event has reported the end of the state that the lookup found; the kernel stores it soon. */
static bool not_stored_yet(const struct row *row, const struct fact_seen *seen)
{
	return seen->s.flags & SAMPLE_POINT && row->flags & ROW_SINCE_EXACT &&
	       row->prior == seen->s.state && seen->h.time <= row->changed + STORE_SLACK;
}

static void correct_state(struct table *t, struct row *row, const struct fact_seen *seen)
{
	if (row->state == seen->s.state || event_since(row, seen) || not_stored_yet(row, seen))
		return;
	if (!(row->flags & ROW_REQUEST)) {
		row->flags |= ROW_HEALED;
		t->totals.healed++;
	}
	row_enter(t, row, seen->s.state, seen->h.time, true, NULL);
}

static void take_seen(struct table *t, struct row *row, const struct fact_seen *seen)
{
	row_settle(t, row, &seen->s, seen->h.time);
	if (row->lport)
		row_port_known(t, row);
	correct_state(t, row, seen);
	row_take_sample(t, row, &seen->s, seen->h.time);
}

/* --- mini-sockets --------------------------------------------------------------------------- */

/* The row of the mini-socket. NULL and *skip: the sample says nothing new. */
static struct row *row_of_mini(struct table *t, const struct fact_seen *seen, bool *skip)
{
	struct row *row = row_find_tuple(t, &seen->s, 0), *full = NULL, *mini = NULL;

	for (; row; row = row_next_tuple(t, row, &seen->s)) {
		if (row->flags & ROW_MINI)
			mini = row;
		else if (!(row->flags & ROW_REQUEST) && row->state != STATE_CLOSE &&
		         !row_other_cookie(row, &seen->s))
			full = row;
		/*
		 * It became a mini-socket just now, or was replaced: wait for an event still in the
		 * ring.
		 */
		if (row->flags & ROW_MINI ? seen->h.time <= row->changed : event_since(row, seen)) {
			mark_seen(t, row, seen->h.time);
			*skip = true;
			return NULL;
		}
	}
	if (mini && row_other_cookie(mini, &seen->s)) {
		row_retire(t, mini, seen->h.time);
		mini = NULL;
	}
	if (mini || !full)
		return mini;
	row_become_mini(t, full, full->state, seen->h.time, 0);
	full->flags |= ROW_HEALED;
	t->totals.healed++;
	return full;
}

/*
 * When its timer ends. One lookup is made then, for all readings of the same timer. A timer of a
 * minute runs seconds late (timer wheel): a mini-socket that is overdue is looked up again later,
 * not at once.
 */
static void set_deadline(struct table *t, struct row *row, const struct fact_seen *seen)
{
	uint64_t deadline = seen->h.time + seen->s.timer_ms * NS_PER_MS;
	bool same = deadline + SAME_TIMER > row->deadline && deadline < row->deadline + SAME_TIMER;
	bool late = !seen->s.timer_ms && row->deadline <= seen->h.time;

	if (row->flags & ROW_CONFIRMED && (same || late))
		return;
	row->flags |= ROW_CONFIRMED;
	row->deadline = deadline;
	pending_mini(t, row, deadline);
}

/*
 * The FIN of the peer has arrived, which has no event. The timer shows when: it was set to a minute
 * then (tcp_timewait_state_process(), net/ipv4/tcp_minisocks.c), unless an old segment has set it
 * again. It is read in ticks.
 */
static void enter_as_seen(struct table *t, struct row *row, const struct fact_seen *seen)
{
	uint64_t cause = bound_of_since(&seen->s, seen->h.time);

	if (cause < row->since)
		cause = row->since < seen->h.time ? row->since : seen->h.time;
	row_infer(t, row, seen->s.state, row->touched, cause);
}

static void seen_mini(struct table *t, const struct fact_seen *seen)
{
	bool skip = false;
	struct row *row = row_of_mini(t, seen, &skip);

	if (skip)
		return;
	if (!row)
		row = row_from_walk(t, seen);
	if (!row)
		return;
	if (row->state != seen->s.state)
		enter_as_seen(t, row, seen);
	row_take_sample(t, row, &seen->s, seen->h.time);
	mark_seen(t, row, seen->h.time);
	set_deadline(t, row, seen);
}

/* --- one sample ----------------------------------------------------------------------------- */

void fold_seen(struct table *t, const struct fact_seen *seen)
{
	struct row *row;

	if (seen->s.state >= STATE_COUNT || !seen->s.state)
		return;
	if (seen->s.flags & SAMPLE_MINI) {
		seen_mini(t, seen);
		return;
	}
	if (outlived(t, seen))
		return;
	row = row_of_address(t, seen->h.sk, &seen->s, seen->h.time);
	if (!row && seen->s.flags & SAMPLE_TUPLE)
		row = row_of_connection(t, seen);
	if (row && seen->h.sk)
		row_set_sk(t, row, seen->h.sk);
	if (!row && !(seen->s.flags & SAMPLE_POINT))
		row = row_from_walk(t, seen);
	if (!row)
		return;
	if (seen->h.time > row->changed) /* otherwise newer events say more */
		take_seen(t, row, seen);
	mark_seen(t, row, seen->h.time);
}

void fold_gone(struct table *t, const struct fact_seen *fact)
{
	struct row *row = fact->h.sk ? row_find_sk(t, fact->h.sk)
	                             : row_find_tuple(t, &fact->s, ROW_MINI | ROW_REQUEST);

	if (row && !row_other_cookie(row, &fact->s) && fact->h.time > row->changed)
		row_vanish(t, row, fact->h.time);
}

/* ms of the clock of facts; 0: never. */
static uint32_t stamp_of(uint64_t time, uint32_t ago_ms)
{
	uint32_t stamp;

	if (!ago_ms)
		return 0;
	stamp = (uint32_t)(time / NS_PER_MS) - (ago_ms - 1);
	return stamp ? stamp : 1;
}

void fold_last_data(struct table *t, const struct fact_last_data *fact)
{
	struct row *row = row_find_sk(t, fact->h.sk);

	if (!row || row->state != STATE_ESTABLISHED || row->born > fact->h.time ||
	    (row->cookie && fact->cookie && row->cookie != fact->cookie))
		return;
	row->received = stamp_of(fact->h.time, fact->received_ms);
	row->sent = stamp_of(fact->h.time, fact->sent_ms);
}

/* The fact says nothing of a socket that got the address later. */
void fold_parent(struct table *t, const struct fact_parent *fact)
{
	struct row *row = row_find_sk(t, fact->h.sk);

	if (!row || row->state == STATE_LISTEN || row->born > fact->h.time ||
	    (row->cookie && fact->cookie && row->cookie != fact->cookie))
		return;
	row->parent = fact->parent;
}
