/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens to a row, whichever fact told it. */
#include <string.h>

#include "base/clock.h"
#include "table/table_private.h"

void change_emit(struct table *t, const struct change *change)
{
	if (t->listener)
		t->listener(change, t->listener_arg);
}

void loss_count(struct table *t, enum fact_loss_where where, uint64_t count)
{
	struct change change = {
		.kind = CHANGE_LOSS, .time = t->now, .where = where, .count = count};

	t->totals.lost[where] += count;
	t->totals.lost_uncounted |= !count;
	/* These come one by one and in crowds: told in one line when a walk begins. */
	if (where == LOSS_CHAIN || where == LOSS_TABLE)
		t->untold[where] += count;
	else
		change_emit(t, &change);
}

void loss_tell(struct table *t)
{
	struct change change = {.kind = CHANGE_LOSS, .time = t->now};

	for (enum fact_loss_where where = 1; where < LOSS_WHERE_COUNT; where++) {
		if (!t->untold[where])
			continue;
		change.where = where;
		change.count = t->untold[where];
		t->untold[where] = 0;
		change_emit(t, &change);
	}
}

/*
 * Until when the row was in its state for sure. What was not seen to end is
 * noticed late: then it is certain up to the last fact that showed it only, or
 * for a mini-socket that nobody replaced, up to the end of its timer.
 */
static uint64_t known_until(const struct row *row, enum tcp_state next, uint64_t time)
{
	uint64_t until = row->touched;

	if (next == STATE_CLOSE && row->flags & ROW_MINI && row->flags & ROW_CONFIRMED &&
	    row->deadline <= time && row->deadline > until)
		until = row->deadline;
	return until < time ? until : time;
}

static void enter(struct table *t, struct row *row, enum tcp_state state, uint64_t until,
                  uint64_t time, bool inferred, const struct fact_task *actor)
{
	struct change change = {
		.kind = CHANGE_STATE,
		.time = time,
		.row = row,
		.old = row->state,
		.new = (uint8_t)state,
		.dwell_exact = (row->flags & ROW_SINCE_EXACT) && !inferred,
		.inferred = inferred,
	};

	row_port_known(t, row); /* in order, though the port may be unknown for good */
	/* In CLOSE nobody looks: a socket that begins has no time there to tell. */
	change.dwell_known = until > row->since && row->state != STATE_CLOSE;
	change.dwell = change.dwell_known ? until - row->since : 0;
	if (actor)
		change.actor = *actor;
	row->prior = row->state;
	row_set_state(t, row, state);
	row->since = time;
	row->flags = inferred ? row->flags & ~ROW_SINCE_EXACT : row->flags | ROW_SINCE_EXACT;
	row_add_step(t, row, time, STEP_STATE, (uint8_t)state, !inferred);
	t->totals.transitions += !inferred;
	change_emit(t, &change);
}

void row_enter(struct table *t, struct row *row, enum tcp_state state, uint64_t time, bool inferred,
               const struct fact_task *actor)
{
	uint64_t until = inferred ? known_until(row, state, time) : time;

	enter(t, row, state, until, time, inferred, actor);
}

void row_infer(struct table *t, struct row *row, enum tcp_state state, uint64_t until,
               uint64_t time)
{
	enter(t, row, state, until < time ? until : time, time, true, NULL);
}

void row_retire(struct table *t, struct row *row, uint64_t time)
{
	if (row->state != STATE_CLOSE && !(row->flags & ROW_NASCENT))
		row_enter(t, row, STATE_CLOSE, time, true, NULL);
	row_end(t, row, time);
}

void row_become(struct table *t, struct row *row, const struct row *into, uint64_t time)
{
	const struct change change = {
		.kind = CHANGE_BECAME, .time = time, .row = row, .into = into->id};

	change_emit(t, &change);
	row_drop(t, row);
}

void row_end(struct table *t, struct row *row, uint64_t time)
{
	struct change change = {.kind = CHANGE_END, .time = time, .row = row};

	if (!(row->flags & ROW_NASCENT)) /* which no view has seen: table_for_each() skips it */
		change_emit(t, &change);
	if (row->flags & ROW_MPTCP) /* no FACT_DESTROY comes */
		row_bury(t, row->sk, time);
	row_drop(t, row);
}

void row_bury(struct table *t, uint64_t sk, uint64_t time)
{
	if (t->walking || t->holding)
		tombs_add(&t->tombs, sk, time);
}

void row_outlived(struct table *t, struct row *row, uint64_t time)
{
	/* Their end is no event. */
	bool silent =
		row->flags & ROW_REQUEST || (row->flags & ROW_MPTCP && row->state == STATE_CLOSE);

	/* Walks alone bring no events: none was lost. */
	if (t->traced && !silent) {
		loss_count(t, LOSS_CHAIN, 1);
		t->totals.healed++;
	}
	row_retire(t, row, time);
}

bool row_is_other(const struct row *row, const struct fact_sample *s)
{
	if (!(row->flags & ROW_REQUEST) != !(s->flags & SAMPLE_REQUEST) ||
	    !(row->flags & ROW_MPTCP) != !s->mptcp)
		return true;
	if (row->cookie && s->cookie)
		return row->cookie != s->cookie;
	/* In CLOSE the peer may be another one each time; else it stays for life. */
	if (!(s->flags & SAMPLE_TUPLE) || !(row->flags & ROW_INDEXED) ||
	    row->state == STATE_CLOSE || s->state == STATE_CLOSE)
		return false;
	return row->rport != s->rport || memcmp(row->raddr, s->raddr, sizeof(row->raddr)) ||
	       (row->lport && s->lport && row->lport != s->lport);
}

struct row *row_of_address(struct table *t, uint64_t sk, const struct fact_sample *s, uint64_t time)
{
	struct row *row = row_find_sk(t, sk);

	if (!row || !row_is_other(row, s))
		return row;
	row_outlived(t, row, time);
	return NULL;
}

enum closer closer_of_state(enum tcp_state state)
{
	switch (state) {
	case STATE_FIN_WAIT1:
	case STATE_FIN_WAIT2:
		return CLOSER_LOCAL;
	case STATE_CLOSE_WAIT:
	case STATE_LAST_ACK:
		return CLOSER_PEER;
	case STATE_CLOSING:
		return CLOSER_BOTH;
	case STATE_UNKNOWN:
	case STATE_ESTABLISHED:
	case STATE_SYN_SENT:
	case STATE_SYN_RECV:
	case STATE_TIME_WAIT: /* after FIN_WAIT2 or CLOSING */
	case STATE_CLOSE:
	case STATE_LISTEN:
	case STATE_NEW_SYN_RECV:
	case STATE_COUNT:
		break;
	}
	return CLOSER_NONE;
}

void row_meet_as(struct table *t, struct row *row, const struct fact_sample *s)
{
	row_set_state(t, row, s->state);
	row->closer = (uint8_t)closer_of_state(s->state);
	if (s->flags & SAMPLE_MINI)
		row->flags |= ROW_MINI;
	else if (s->flags & SAMPLE_REQUEST)
		row->flags |= ROW_REQUEST | ROW_LISTENED;
	else if (s->mptcp)
		row->flags |= ROW_MPTCP;
}

void row_become_mini(struct table *t, struct row *row, enum tcp_state state, uint64_t time,
                     uint64_t deadline)
{
	holders_keep(t, row, 0);
	row_set_sk(t, row, 0); /* the full socket's address is free for another */
	row->flags |= ROW_MINI;
	row->flags &=
		~(ROW_SOCKET | ROW_HIDDEN | ROW_UNHELD | ROW_TIMER | ROW_QUEUES | ROW_CONFIRMED);
	row->inode = row->rqueue = row->wqueue = 0;
	row->unread_ms = row->answered = 0;
	subflow_leave(t, row);
	row->deadline = deadline;
	if (state != row->state)
		row_enter(t, row, state, time, false, NULL);
	ask_mini(t, row, time);
	if (row->state == STATE_FIN_WAIT2)
		ask_fin(t, row, time);
}

static void take_flags(struct table *t, struct row *row, const struct fact_sample *s)
{
	if (s->flags & SAMPLE_SOCKET)
		row->flags |= ROW_SOCKET;
	else if (!(s->flags & (SAMPLE_MINI | SAMPLE_REQUEST)))
		row->flags &= ~(ROW_SOCKET | ROW_HIDDEN | ROW_UNHELD);
	if (s->flags & SAMPLE_KERNEL)
		row->flags |= ROW_KERNEL;
	/* SOCK_DEAD is set on sockets of the accept queue's end, too, when they die. */
	if (s->flags & SAMPLE_DEAD && !(s->flags & SAMPLE_SOCKET)) {
		row->flags |= ROW_ORPHAN;
		row->flags &= ~(ROW_HIDDEN | ROW_UNHELD);
		holders_keep(t, row, 0);
		mptcp_orphaned(t, row);
	}
}

/* What was acknowledged in silence since was the end of an answer, not one that goes on. */
#define ANSWER_PAUSE (5 * NS_PER_SEC)

static uint32_t clamp(uint64_t number)
{
	return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

static bool has_counts(uint32_t flags, uint32_t queues, uint32_t bytes)
{
	return flags & queues && flags & bytes;
}

/*
 * Bytes received but for those in the queue are bytes read; a FIN counts in both
 * (tcp_rcv_nxt_update() of net/ipv4/tcp_input.c, by end_seq), what SYN counts is the
 * same each time.
 */
static void note_reads(struct row *row, const struct fact_sample *s, uint64_t elapsed)
{
	if (s->bytes_received - s->rqueue != row->bytes_received - row->rqueue) {
		row->flags |= ROW_READ;
		row->unread_ms = 0;
	} else if (row->rqueue && s->rqueue) {
		row->unread_ms = clamp(row->unread_ms + elapsed / NS_PER_MS);
	} else {
		row->unread_ms = 0;
	}
}

/* From a look before CLOSE_WAIT, its event included, growth may be of the time before. */
static void note_answers(struct row *row, const struct fact_sample *s, uint64_t time,
                         uint64_t elapsed)
{
	uint64_t growth = s->bytes_acked - row->bytes_acked, silence = growth ? 0 : elapsed;

	if (s->flags & SAMPLE_IDLE)
		silence = s->idle_ms * NS_PER_MS;
	if (s->state != STATE_CLOSE_WAIT || row->since >= time || silence >= ANSWER_PAUSE)
		row->answered = 0;
	else if (growth)
		row->answered = clamp(growth);
}

/* How it got on between the last look and this one, which the row has not taken yet. */
static void note_progress(struct row *row, const struct fact_sample *s, uint64_t time)
{
	uint64_t elapsed = time > row->touched ? time - row->touched : 0;

	if (has_counts(row->flags, ROW_QUEUES, ROW_BYTES) &&
	    has_counts(s->flags, SAMPLE_QUEUES, SAMPLE_BYTES) && s->state != STATE_LISTEN) {
		note_reads(row, s, elapsed);
		note_answers(row, s, time, elapsed);
	} else {
		row->unread_ms = row->answered = 0;
	}
}

void row_take_sample(struct table *t, struct row *row, const struct fact_sample *s, uint64_t time)
{
	note_progress(row, s, time);
	row->touched = time;
	if (s->cookie)
		row_set_cookie(t, row, s->cookie);
	take_flags(t, row, s);
	if (s->flags & SAMPLE_IDENT && (s->inode || !row->inode || row->flags & ROW_ORPHAN)) {
		row->flags |= ROW_IDENT;
		row->uid = s->uid;
		row->inode = s->inode;
		row->cgroup = s->cgroup ? s->cgroup : row->cgroup;
	}
	if (s->flags & SAMPLE_QUEUES) {
		row->flags |= ROW_QUEUES;
		row->rqueue = s->rqueue;
		row->wqueue = s->wqueue;
	}
	if (s->flags & SAMPLE_BYTES) {
		row->flags |= ROW_BYTES;
		row->bytes_acked = s->bytes_acked;
		row->bytes_received = s->bytes_received;
	}
	/* What a mini-socket has says less than what was known of its whole life. */
	if ((s->iss || s->irs) && !(s->flags & SAMPLE_MINI && row->flags & ROW_BYTES)) {
		row->iss = s->iss;
		row->irs = s->irs;
	}
	if (s->flags & SAMPLE_TIMER) {
		row->flags |= ROW_TIMER;
		row->timer = s->timer;
		row->timer_ms = s->timer_ms;
		row->retrans = s->retrans;
		row->probes = s->probes;
	} else {
		row->flags &= ~ROW_TIMER;
	}
	if (s->flags & SAMPLE_IDLE)
		row->heard = (uint32_t)(s->idle_ms * NS_PER_MS < time
		                                ? (time - s->idle_ms * NS_PER_MS) / NS_PER_SEC + 1
		                                : 1);
	if (s->err)
		row->err = s->err;
}

/* The half-open time of a connection is its request socket's, and so are the SYN+ACKs. */
static void take_request(struct table *t, struct row *row, struct row *request, uint64_t time)
{
	struct step *first = row->history == ROW_NONE ? NULL : pool_at(&t->steps, row->history);

	row->parent = row->parent ? row->parent : request->parent;
	row->retransmits[RETRANSMIT_SYNACK] += request->retransmits[RETRANSMIT_SYNACK];
	if (request->born < row->born) {
		row->born = request->born;
		row->flags &= ~ROW_BORN_EXACT; /* the SYN came before anybody saw the request */
	}
	if (row->state == STATE_SYN_RECV && request->since < row->since) {
		row->since = request->since;
		if (first)
			first->time = request->since;
	}
	row_become(t, request, row, time);
}

/* What had the addresses before: a request, a mini-socket, sockets in CLOSE. */
static void replace(struct table *t, struct row *row, const struct fact_sample *s, uint64_t time)
{
	struct row *other = row_find_tuple(t, s, ROW_REQUEST);

	if (other && other != row && !(row->flags & (ROW_REQUEST | ROW_MINI)))
		take_request(t, row, other, time);
	/* One connection at a time: a mini-socket of the same addresses was replaced. */
	other = row_find_tuple(t, s, ROW_MINI);
	if (other && other != row) {
		if (other->flags & ROW_CONFIRMED)
			other->touched = time; /* it had stood there until now */
		row_retire(t, other, time);
	}
	row_supersede(t, row, s);
}

void row_settle(struct table *t, struct row *row, const struct fact_sample *s, uint64_t time)
{
	bool moved = !(row->flags & ROW_INDEXED) || !row_has_tuple(row, s);

	if (!(s->flags & SAMPLE_TUPLE) || !s->family)
		return;
	if (moved && row_find_tuple(t, s, 0))
		replace(t, row, s, time);
	row_set_tuple(t, row, s);
	if (!(row->flags & ROW_NASCENT))
		return;
	row->flags &= ~ROW_NASCENT;
	if (row->flags & ROW_MPTCP)
		mptcp_born(t, row);
}
