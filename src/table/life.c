/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/life_private.h"

#include <string.h>

#include "table/emit_private.h"
#include "table/holders_private.h"
#include "table/mptcp_private.h"
#include "table/origins_private.h"
#include "table/pending_private.h"
#include "table/rows_private.h"
#include "table/tombstones_private.h"

struct row *row_new(struct table *t, uint64_t sk, uint32_t netns, uint64_t time)
{
	struct row *row = row_take(t, sk, netns, time);

	if (!row)
		loss_count(t, LOSS_TABLE, 1);
	return row;
}

static void row_drop(struct table *t, struct row *row)
{
	mptcp_unlink(t, row);
	holders_keep(t, row, 0);
	origin_unref(t, row->owner);
	row_put(t, row);
}

void row_port_known(struct table *t, struct row *row)
{
	const struct origin *origin = origin_at(t, row->owner);
	const struct task *task = origin ? task_at(t, origin->task) : NULL;
	struct change change = {
		.kind = CHANGE_STATE,
		.time = row->since,
		.row = row,
		.old = STATE_CLOSE,
		.new = STATE_SYN_SENT,
	};

	if (!(row->flags & ROW_PORT_PENDING))
		return;
	row->flags &= ~ROW_PORT_PENDING;
	if (task) {
		change.actor.pid = task->pid;
		change.actor.tid = origin->tid;
		memcpy(change.actor.comm, task->comm, sizeof(task->comm));
	}
	change_emit(t, &change);
}

/*
 * Until when the row was certainly in its state. An end without an event is noticed late. Then only
 * the time up to the last fact about the row is certain, or, for a mini-socket that nothing has
 * replaced, the time up to the end of its timer.
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

	row_port_known(t, row); /* keeps the order, even if the port stays unknown */
	/* The time in CLOSE before a socket begins is of no interest. */
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

/* Mini, request and MPTCP sockets end without an event. Others have one: it was lost. */
void row_vanish(struct table *t, struct row *row, uint64_t time)
{
	bool silent = row->flags & (ROW_MINI | ROW_REQUEST | ROW_NASCENT) ||
	              (row->flags & ROW_MPTCP && row->state == STATE_CLOSE);

	if (!silent)
		t->totals.healed++;
	row_retire(t, row, time);
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

	/* No view has seen a nascent row: table_for_each() skips it. */
	if (!(row->flags & ROW_NASCENT))
		change_emit(t, &change);
	if (row->flags & ROW_MPTCP) /* it has no FACT_DESTROY */
		row_tombstone(t, row->sk, time);
	row_drop(t, row);
}

void row_tombstone(struct table *t, uint64_t sk, uint64_t time)
{
	if (t->walking || t->holding)
		tombstones_add(&t->tombstones, sk, time);
}

void row_outlived(struct table *t, struct row *row, uint64_t time)
{
	/* The end of these has no event. */
	bool silent =
		row->flags & ROW_REQUEST || (row->flags & ROW_MPTCP && row->state == STATE_CLOSE);

	/* Without tracing there are no events, and so no lost ones. */
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
	/* In CLOSE the peer may change with each connect; otherwise it stays the same. */
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

void row_first_seen(struct table *t, struct row *row, const struct fact_sample *s)
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
	row_set_sk(t, row, 0); /* another socket may get the address of the full socket */
	row->flags |= ROW_MINI;
	row->flags &=
		~(ROW_SOCKET | ROW_HIDDEN | ROW_UNHELD | ROW_TIMER | ROW_QUEUES | ROW_CONFIRMED);
	row->inode = row->rqueue = row->wqueue = 0;
	row->unread_ms = row->answered = 0;
	subflow_leave(t, row);
	row->deadline = deadline;
	if (state != row->state)
		row_enter(t, row, state, time, false, NULL);
	pending_mini(t, row, time);
	if (row->state == STATE_FIN_WAIT2)
		pending_fin(t, row, time);
}

/* The half-open time of a connection and its SYN+ACKs are those of its request socket. */
static void take_request(struct table *t, struct row *row, struct row *request, uint64_t time)
{
	struct step *first = row->history == ROW_NONE ? NULL : pool_at(&t->steps, row->history);

	row->parent = row->parent ? row->parent : request->parent;
	row->retransmits[RETRANSMIT_SYNACK] += request->retransmits[RETRANSMIT_SYNACK];
	if (request->born < row->born) {
		row->born = request->born;
		row->flags &= ~ROW_BORN_EXACT; /* the SYN came before the request was seen */
	}
	if (row->state == STATE_SYN_RECV && request->since < row->since) {
		row->since = request->since;
		if (first)
			first->time = request->since;
	}
	row_become(t, request, row, time);
}

/* Ends what had the addresses before: a request, a mini-socket, sockets in CLOSE. */
static void replace(struct table *t, struct row *row, const struct fact_sample *s, uint64_t time)
{
	struct row *other = row_find_tuple(t, s, ROW_REQUEST);

	if (other && other != row && !(row->flags & (ROW_REQUEST | ROW_MINI)))
		take_request(t, row, other, time);
	/* A tuple has one connection at a time: this one has replaced the mini-socket. */
	other = row_find_tuple(t, s, ROW_MINI);
	if (other && other != row) {
		if (other->flags & ROW_CONFIRMED)
			other->touched = time; /* it existed until now */
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
	if (row_set_tuple(t, row, s))
		loss_count(t, LOSS_TABLE, 1);
	if (!(row->flags & ROW_NASCENT))
		return;
	row->flags &= ~ROW_NASCENT;
	if (row->flags & ROW_MPTCP)
		mptcp_born(t, row);
}
