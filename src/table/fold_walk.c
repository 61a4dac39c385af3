/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks: what the kernel holds, read from its tables. Also point look-ups. */
#include "base/clock.h"
#include "table/table_private.h"

/*
 * A walk over 5.9 to 5.14 holds no socket lock: its sample may be older by an
 * instant than an event with an earlier time. An event this near beats it.
 */
#define SAMPLE_SLACK NS_PER_MS
/* sock_diag's answers come by another way than events, and tell no address. */
#define DIAG_SLACK   NS_PER_SEC
#define SAME_TIMER   (20 * NS_PER_MS) /* two readings of one timer differ by ticks only */
#define TIME_WAIT_MS (TIME_WAIT_LENGTH / NS_PER_MS)
/*
 * An event is told before the kernel stores the new state, and soon makes us look
 * the socket up: that finds the old state, for as long as the CPU (a virtual one)
 * is kept from going on. Should the state be another one still, a walk will tell.
 */
#define STORE_SLACK (100 * NS_PER_MS)

void fold_walk_begin(struct table *t, const struct fact_walk *fact)
{
	loss_tell(t);
	if (fact->kind == WALK_HOLDERS) {
		t->holding = true;
		inodes_forget(t);
		t->holder_gen++;
		t->hold_begin = fact->h.time;
		return;
	}
	if (fact->kind != WALK_SOCKETS)
		return;
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

void walks_abandon(struct table *t)
{
	t->walking = t->holding = false;
	inodes_forget(t);
	end_of_walks(t);
}

/* Not seen by the walk, and nothing heard of it since that began: it is gone. */
static bool walk_missed(const struct table *t, const struct row *row)
{
	/* MPTCP sockets are found by their subflows, or else by fds. */
	if (row->flags & ROW_MPTCP && row->holders != ROW_NONE)
		return false;
	return row->netns == t->walk_netns && row->gen_seen != t->gen &&
	       row->state != STATE_CLOSE && row->touched < t->walk_begin &&
	       row->changed < t->walk_begin;
}

/* Has the walk over holders that is at work found any? */
static bool is_held(const struct table *t, const struct row *row)
{
	const struct holder *holder = table_holder(t, row->holders);

	while (holder && holder->gen != t->holder_gen)
		holder = table_holder(t, holder->next);
	return holder;
}

/* In CLOSE only an fd keeps a socket, and the walk has found none. */
static bool is_left(const struct table *t, const struct row *row)
{
	return row->state == STATE_CLOSE && row->touched < t->hold_begin &&
	       row->changed < t->hold_begin && !is_held(t, row);
}

/* Open, and was before the walk began, and no fd led to it. */
static bool is_unheld(const struct table *t, const struct row *row)
{
	return row->flags & ROW_SOCKET &&
	       !(row->flags & (ROW_KERNEL | ROW_ORPHAN | ROW_MINI | ROW_REQUEST)) &&
	       row->born < t->hold_begin && row->changed < t->hold_begin && !is_held(t, row);
}

static void add_index(struct buffer *rows, const struct row *row)
{
	buffer_add(rows, &row->self, sizeof(row->self));
}

/* Of its namespace alone: there may be thousands, most of them empty. */
static void add_unseen(const struct table *t, struct buffer *rows)
{
	const struct row *row = space_first(t, t->walk_netns);

	for (; row; row = row_at(t, row->next_in_space))
		if (row->sk && walk_missed(t, row))
			add_index(rows, row);
}

static void add_unheld(const struct table *t, struct buffer *rows)
{
	for (uint32_t i = 0; i < t->rows.used; i++) {
		const struct row *row = row_at(t, i);

		if (row->used && !(row->flags & ROW_HIDDEN) &&
		    (is_left(t, row) || is_unheld(t, row)))
			add_index(rows, row);
	}
}

void table_missed(const struct table *t, enum fact_walk_kind kind, struct buffer *rows)
{
	if (kind == WALK_SOCKETS && t->walking)
		add_unseen(t, rows);
	else if (kind == WALK_HOLDERS && t->holding)
		add_unheld(t, rows);
}

/* Mini, request and MPTCP sockets end without an event; others only if it was lost. */
static void vanish(struct table *t, struct row *row, uint64_t time)
{
	bool silent = row->flags & (ROW_MINI | ROW_REQUEST | ROW_NASCENT) ||
	              (row->flags & ROW_MPTCP && row->state == STATE_CLOSE);

	if (!silent)
		t->totals.healed++;
	row_retire(t, row, time);
}

static void sweep_sockets(struct table *t)
{
	struct row *row = space_first(t, t->walk_netns), *next;

	for (; row; row = next) {
		next = row_at(t, row->next_in_space);
		if (walk_missed(t, row))
			vanish(t, row, t->now);
	}
}

/*
 * An fd may be made in a process that the walk has passed already: by accept(), or because another
 * one sent it. The next walk finds it.
 */
static void note_unheld(struct table *t, struct row *row)
{
	if (row->flags & (ROW_UNHELD | ROW_HIDDEN)) {
		row->flags |= ROW_HIDDEN;
		row->flags &= ~ROW_UNHELD;
		return;
	}
	row->flags |= ROW_UNHELD;
	t->unheld = true;
}

/* Names that no socket and no process has any more. */
static void sweep_names(struct table *t)
{
	const struct task *task;
	uint64_t cgroup = 0;
	uint32_t uid = UINT32_MAX;

	for (uint32_t i = 0; i < t->rows.used; i++) {
		const struct row *row = row_at(t, i);

		if (!row->used)
			continue;
		if (row->cgroup != cgroup)
			names_mark(t->names, name_key_number(NAME_CGROUP, row->cgroup));
		if (row->uid != uid)
			names_mark(t->names, name_key_number(NAME_USER, row->uid));
		cgroup = row->cgroup;
		uid = row->uid;
	}
	for (uint32_t i = 0; (task = table_next_task(t, &i));)
		names_mark(t->names, name_key_number(NAME_USER, task->uid));
	names_sweep(t->names, NAME_CGROUP);
	names_sweep(t->names, NAME_USER);
}

/* Holders that are no more; and sockets in CLOSE, which only an fd keeps alive. */
static void sweep_holders(struct table *t, bool saw_all)
{
	t->unheld = false;
	for (uint32_t i = 0; i < t->rows.used; i++) {
		struct row *row = row_at(t, i);

		if (!row->used)
			continue;
		if (row->holders != ROW_NONE)
			holders_keep(t, row, t->holder_gen);
		if (is_left(t, row))
			row_end(t, row, t->now);
		else if (!is_unheld(t, row))
			row->flags &= ~ROW_UNHELD;
		else if (saw_all)
			note_unheld(t, row);
	}
	t->totals.holders_known = true;
	sweep_names(t);
}

void fold_walk_end(struct table *t, const struct fact_walk *fact)
{
	if (fact->kind == WALK_HOLDERS && t->holding) {
		sweep_holders(t, !fact->unseen);
		t->holding = false;
		inodes_forget(t);
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
	row_meet_as(t, row, &seen->s);
	row->since = bound_of_since(&seen->s, seen->h.time);
	row->born = row->since;
	row_settle(t, row, &seen->s, seen->h.time);
	row_add_step(t, row, row->since, STEP_STATE, seen->s.state, 0);
	if (row->flags & ROW_MINI && row->state == STATE_FIN_WAIT2)
		ask_fin(t, row, seen->h.time);
	return row;
}

/* Has an event told of the row since the sample was taken, or may it have? */
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

/* The socket that was sampled has since been destroyed, or left a mini-socket behind. */
static bool outlived(struct table *t, const struct fact_seen *seen)
{
	const struct row *row = row_find_sk(t, seen->h.sk);
	uint64_t destroyed = tombs_time(&t->tombs, seen->h.sk);
	bool request = seen->s.flags & SAMPLE_REQUEST;

	if (destroyed && seen->h.time <= destroyed)
		return true;
	if (row)
		return row_is_other(row, &seen->s) && seen->h.time <= row->changed;
	/* What a request became, and what became a mini-socket, stands at the same tuple. */
	for (row = row_find_tuple(t, &seen->s, 0); row; row = row_next_tuple(t, row, &seen->s)) {
		bool successor = row->flags & ROW_MINI || (request && !(row->flags & ROW_REQUEST) &&
		                                           row->state != STATE_CLOSE);

		if (successor && event_since(row, seen))
			return true;
	}
	return false;
}

/* A full or request socket known by its addresses only so far. */
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

/* Told to have left the state that the look-up found, and about to. */
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

/* The mini-socket's row; NULL and *skip: the sample says nothing new. */
static struct row *row_of_mini(struct table *t, const struct fact_seen *seen, bool *skip)
{
	struct row *row = row_find_tuple(t, &seen->s, 0), *full = NULL, *mini = NULL;

	for (; row; row = row_next_tuple(t, row, &seen->s)) {
		if (row->flags & ROW_MINI)
			mini = row;
		else if (!(row->flags & ROW_REQUEST) && row->state != STATE_CLOSE &&
		         !row_other_cookie(row, &seen->s))
			full = row;
		/* It became one only just, or was replaced; if the event is in the ring, wait for it. */
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
 * When its timer ends. Asked for then, once for all readings of the same timer.
 * Timers of a minute run seconds late (timer wheel): what is due still is asked
 * for again in a while, not at once.
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
	ask_mini(t, row, deadline);
}

/*
 * The peer's FIN has reached it: no event tells. The timer does: it was set to a minute then
 * (tcp_timewait_state_process(), net/ipv4/tcp_minisocks.c), but for an old segment that has set
 * it again. It is read in ticks.
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

/* --- one look -------------------------------------------------------------------------------- */

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
	if (seen->h.time > row->changed) /* else newer events know more */
		take_seen(t, row, seen);
	mark_seen(t, row, seen->h.time);
}

void fold_gone(struct table *t, const struct fact_seen *fact)
{
	struct row *row = fact->h.sk ? row_find_sk(t, fact->h.sk)
	                             : row_find_tuple(t, &fact->s, ROW_MINI | ROW_REQUEST);

	if (row && !row_other_cookie(row, &fact->s) && fact->h.time > row->changed)
		vanish(t, row, fact->h.time);
}

/* The address may be another socket's by now, which nobody has asked for its cookie yet. */
static bool is_of_other(const struct row *row, const struct fact_holder *fact)
{
	if (row->inode && fact->inode && row->inode != fact->inode)
		return true;
	return row->cookie && row->cookie != fact->cookie && (fact->h.sk || fact->cookie);
}

void fold_holder(struct table *t, const struct fact_holder *fact)
{
	struct row *row = fact->h.sk ? row_find_sk(t, fact->h.sk) : inodes_find(t, fact->inode);

	if (!row || is_of_other(row, fact))
		return;
	row->flags |= ROW_SOCKET;
	row->inode = fact->inode;
	holder_add(t, row, fact->pid, fact->start, fact->comm, fact->fd);
}

/* ms of the clock of facts; 0 is for what never was. */
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
