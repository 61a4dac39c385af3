/* SPDX-License-Identifier: BSD-2-Clause */
/* Transitions and the end of sockets. */
#include "table/fold_state_private.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "table/emit_private.h"
#include "table/fold_mptcp_private.h"
#include "table/holders_private.h"
#include "table/life_private.h"
#include "table/pending_private.h"
#include "table/rows_private.h"
#include "table/sample_private.h"

#define REPEATED_WITHIN (100 * NS_PER_MS)

/*
 * Does the socket leave a mini-socket behind when it goes to CLOSE? Returns the state of that, or
 * STATE_CLOSE. tcp_time_wait() runs before the event and in these cases only (net/ipv4/tcp_input.c,
 * tcp.c; 5.10..7.2). No field shows whether it could allocate a mini-socket: a lookup confirms the
 * row.
 */
static enum tcp_state mini_state(const struct fact_state *fact)
{
	uint16_t flags = fact->s.flags;

	if (fact->s.err || !(flags & SAMPLE_TUPLE) || fact->s.mptcp)
		return STATE_CLOSE;
	if (fact->old == STATE_FIN_WAIT2 && flags & SAMPLE_DONE)
		return STATE_TIME_WAIT;
	if (fact->old == STATE_CLOSING && flags & SAMPLE_DONE && flags & SAMPLE_ACKED)
		return STATE_TIME_WAIT;
	if (fact->old == STATE_FIN_WAIT2 && flags & SAMPLE_DEAD && !(flags & SAMPLE_NO_LINGER2))
		return STATE_FIN_WAIT2;
	return STATE_CLOSE;
}

/* Who ended a connection in which no side had sent a FIN. */
static enum closer closer_of_error(const struct fact_state *fact)
{
	switch (fact->s.err) {
	case ECONNREFUSED:
		return CLOSER_REFUSED;
	case ECONNRESET:
	case EPIPE: /* an RST in CLOSE_WAIT: tcp_reset() */
		return CLOSER_PEER_RESET;
	case ETIMEDOUT:
		return CLOSER_TIMEOUT;
	case ECONNABORTED: /* tcp_abort(): ss -K */
		return CLOSER_KILLED;
	case 0:
		return fact->old == STATE_SYN_SENT || fact->old == STATE_LISTEN
		               ? CLOSER_LOCAL
		               : CLOSER_LOCAL_RESET;
	default:
		return CLOSER_ERROR;
	}
}

static void note_closer(struct row *row, const struct fact_state *fact)
{
	/* The state that it leaves shows who closed first, even if its beginning was not seen. */
	enum closer closer = closer_of_state(fact->old);

	if (closer == CLOSER_NONE)
		closer = closer_of_state(fact->new);
	if (closer == CLOSER_NONE && fact->new == STATE_CLOSE)
		closer = closer_of_error(fact);
	if (row->closer == CLOSER_NONE ||
	    (fact->new == STATE_CLOSING && row->closer == CLOSER_LOCAL))
		row->closer = (uint8_t)(fact->new == STATE_CLOSING ? CLOSER_BOTH : closer);
}

/*
 * Does the current task, which holds the socket lock, cause the transition itself? Other
 * transitions run in its context only because a segment came in meanwhile.
 */
static bool task_acts(const struct fact_state *fact)
{
	if (!fact->task.pid || !(fact->s.flags & SAMPLE_OWNED))
		return false;
	switch (fact->new) {
	case STATE_SYN_SENT:
	case STATE_LISTEN:
		return fact->old == STATE_CLOSE;
	case STATE_FIN_WAIT1:
		return fact->old == STATE_ESTABLISHED || fact->old == STATE_SYN_RECV;
	case STATE_LAST_ACK:
		return fact->old == STATE_CLOSE_WAIT;
	case STATE_CLOSE:
		return !fact->s.err &&
		       (fact->old == STATE_LISTEN || fact->old == STATE_ESTABLISHED ||
		        fact->old == STATE_CLOSE_WAIT || fact->old == STATE_SYN_SENT);
	default:
		return false;
	}
}

static void note_owner(struct table *t, struct row *row, const struct fact_state *fact)
{
	enum owner_source source = OWNER_CLOSE;

	if (fact->new == STATE_SYN_SENT)
		source = OWNER_CONNECT;
	else if (fact->new == STATE_LISTEN)
		source = OWNER_LISTEN;
	if (source != OWNER_CLOSE || (row->owner == ROW_NONE && row->holders == ROW_NONE))
		owner_set(t, row, &fact->task, fact->stack, source);
}

/*
 * Did the last event come just before? At most a softirq or a preemption is between the two
 * programs.
 */
static bool happened_just_now(const struct row *row, const struct fact_state *fact)
{
	return row->changed && fact->h.time < row->changed + REPEATED_WITHIN;
}

/*
 * Is it the clone of a listener? Newer kernels make an MPTCP socket ESTABLISHED at once
 * (mptcp_sk_clone_init()).
 */
static bool is_birth(const struct fact_state *fact)
{
	return fact->old == STATE_LISTEN &&
	       (fact->new == STATE_SYN_RECV || (fact->s.mptcp && fact->new == STATE_ESTABLISHED));
}

/* Without addresses there is no line: the state is reported when they are known. */
static void enter_silently(struct table *t, struct row *row, enum tcp_state state, uint64_t time)
{
	row->prior = row->state;
	row_set_state(t, row, state);
	row->since = time;
	row->flags |= ROW_SINCE_EXACT;
	row_add_step(t, row, time, STEP_STATE, (uint8_t)state, 1);
}

/* Only its kernel address is its own yet; cookie and addresses may be those of the listener. */
static void fold_birth(struct table *t, const struct fact_state *fact)
{
	struct row *row = row_find_sk(t, fact->h.sk);

	if (row && row->flags & ROW_NASCENT) {
		t->repeated += happened_just_now(row, fact);
		row_retire(t, row, fact->h.time);
	} else if (row) {
		row_outlived(t, row, fact->h.time);
	}
	row = row_new(t, fact->h.sk, fact->s.netns, fact->h.time);
	if (!row)
		return;
	row_set_state(t, row, STATE_SYN_RECV);
	/* It is half-open since the SYN, which has no event: `since` is only a bound. */
	row->flags |= ROW_NASCENT | ROW_LISTENED | ROW_BORN_EXACT;
	row->flags |= fact->s.mptcp ? ROW_MPTCP : 0U;
	row->prior = STATE_SYN_RECV;
	row->changed = fact->h.time;
	row->parent = fact->parent;
	row_add_step(t, row, fact->h.time, STEP_STATE, STATE_SYN_RECV, 0);
	if (fact->new != STATE_SYN_RECV)
		enter_silently(t, row, (enum tcp_state)fact->new, fact->h.time);
}

/* Has the row made this transition already? */
static bool has_made(const struct row *row, const struct fact_state *fact)
{
	return row->state == fact->new && row->prior == fact->old && !row_is_other(row, &fact->s);
}

/* A sample showed the new state while its event was still in the ring. */
static bool sample_came_first(const struct row *row, const struct fact_state *fact)
{
	return has_made(row, fact) && !(row->flags & ROW_SINCE_EXACT) && fact->h.time <= row->since;
}

/*
 * Did the same event come before? bpf/state.bpf.c may report a transition twice, so that it never
 * misses one. row: the row at the address; NULL: none.
 */
static bool is_repeated(const struct table *t, const struct row *row, const struct fact_state *fact)
{
	if (row)
		return has_made(row, fact) && row->flags & ROW_SINCE_EXACT &&
		       happened_just_now(row, fact);
	if (mini_state(fact) == STATE_CLOSE)
		return false;
	row = row_find_tuple(t, &fact->s, ROW_MINI);
	return row && !row_other_cookie(row, &fact->s) && happened_just_now(row, fact);
}

/* A row for a socket that was not known. */
static struct row *row_for_stranger(struct table *t, const struct fact_state *fact)
{
	struct row *row = row_new(t, fact->h.sk, fact->s.netns, fact->h.time);

	if (!row)
		return NULL;
	row_set_state(t, row, fact->old);
	row->flags |= fact->s.mptcp ? ROW_MPTCP : 0U;
	if (fact->old == STATE_CLOSE)
		row->flags |= ROW_BORN_EXACT;
	else
		row_add_step(t, row, fact->h.time, STEP_STATE, fact->old, 0);
	return row;
}

/* The socket's row, in the state that the transition leaves. NULL: no room. */
static struct row *row_for_transition(struct table *t, const struct fact_state *fact)
{
	struct row *row = row_of_address(t, fact->h.sk, &fact->s, fact->h.time);

	/* The end of an MPTCP socket has no event: this may be a new one at the same address. */
	if (row && fact->s.mptcp && fact->old == STATE_CLOSE && row->state == STATE_CLOSE) {
		row_end(t, row, fact->h.time);
		row = NULL;
	}
	if (!row && fact->s.flags & SAMPLE_TUPLE && fact->old != STATE_CLOSE)
		row = row_find_unplaced(t, &fact->s, (enum tcp_state)fact->old);
	if (!row)
		return row_for_stranger(t, fact);
	row_set_sk(t, row, fact->h.sk);
	if (row->state != fact->old) {
		loss_count(t, LOSS_CHAIN, 1);
		row->flags |= ROW_HEALED;
		t->totals.healed++;
		/* The change needs addresses; those of a new life are not those of the old one. */
		if (fact->old != STATE_CLOSE)
			row_settle(t, row, &fact->s, fact->h.time);
		row_enter(t, row, fact->old, fact->h.time, true, NULL);
	}
	return row;
}

/* The same socket connects or listens once more: drops all that is of its last life. */
static void begin_life(struct table *t, struct row *row, uint64_t time)
{
	row_forget_life(t, row);
	if (row->flags & ROW_FORMER)
		row_unplace(t, row);
	memset(row->retransmits, 0, sizeof(row->retransmits));
	row->rsts_sent = row->rsts_received = 0;
	row->rst_sent_reason = row->closer = 0;
	row->err = 0;
	row->iss = row->irs = 0;
	row->parent = 0;
	row->born = time;
	row->flags &= ~(ROW_LISTENED | ROW_CONNECTED | ROW_BOUND | ROW_ORPHAN | ROW_HEALED);
	row->flags |= ROW_BORN_EXACT;
}

static void enter_syn_sent(struct table *t, struct row *row, const struct fact_state *fact)
{
	row->flags |= ROW_CONNECTED;
	if (fact->s.flags & SAMPLE_TUPLE && fact->s.lport)
		row->flags |= ROW_BOUND;
	if (row->lport) {
		row_enter(t, row, STATE_SYN_SENT, fact->h.time, false, &fact->task);
		return;
	}
	/*
	 * The kernel chooses the port after this event (tcp_v4_connect()): report the change later.
	 */
	row->prior = STATE_CLOSE;
	row_set_state(t, row, STATE_SYN_SENT);
	row->since = fact->h.time;
	row->flags |= ROW_SINCE_EXACT | ROW_PORT_PENDING;
	row_add_step(t, row, fact->h.time, STEP_STATE, STATE_SYN_SENT, 1);
	t->totals.transitions++;
	pending_port(t, row);
}

static void enter_close(struct table *t, struct row *row, const struct fact_state *fact,
                        const struct fact_task *actor)
{
	enum tcp_state mini = mini_state(fact);
	uint64_t time = fact->h.time;

	if (mini == STATE_CLOSE) {
		row_enter(t, row, STATE_CLOSE, time, false, actor);
		if (row->flags & ROW_MPTCP)
			mptcp_closed(t, row, fact);
		return;
	}
	/* TCP_LINGER2 decides how long an orphan stays in FIN_WAIT2: a lookup shows it. */
	row_become_mini(t, row, mini, time, mini == STATE_TIME_WAIT ? time + TIME_WAIT_LENGTH : 0);
}

/* Has the peer acknowledged our FIN? tcp_rcv_state_process(); no RST, no abort. */
static bool fin_arrived(const struct fact_state *fact)
{
	return fact->old == STATE_LAST_ACK && fact->new == STATE_CLOSE && !fact->s.err &&
	       fact->s.flags &SAMPLE_ACKED;
}

/*
 * The other end is on this host, an orphan in FIN_WAIT2. The FIN of this end moved it to TIME_WAIT,
 * without an event, before it acknowledged the FIN. That was not before this end went to LAST_ACK.
 */
static void infer_orphan(struct table *t, const struct row *end, uint64_t time)
{
	const struct row *peer = row_find_peer(t, end);
	uint64_t until = end->flags & ROW_SINCE_EXACT ? end->since : 0;
	struct row *orphan = peer ? row_at(t, peer->self) : NULL;

	if (!orphan || !(orphan->flags & ROW_MINI) || orphan->state != STATE_FIN_WAIT2 ||
	    orphan->changed > time)
		return;
	if (until < orphan->touched)
		until = orphan->touched;
	row_infer(t, orphan, STATE_TIME_WAIT, until, time);
	orphan->touched = orphan->changed = time;
	orphan->deadline = time + TIME_WAIT_LENGTH;
	pending_mini(t, orphan, orphan->deadline);
}

/* What the row takes from the event before it enters the new state. */
static void take_event(struct table *t, struct row *row, const struct fact_state *fact)
{
	if (fact->old == STATE_CLOSE)
		begin_life(t, row, fact->h.time);
	else if (fact->old == STATE_SYN_RECV && fact->parent)
		row->parent = fact->parent;
	row_settle(t, row, &fact->s, fact->h.time);
	row_port_known(t, row);
	subflow_settled(t, row, fact->h.time);
	if (row->flags & ROW_MPTCP && !(row->flags & ROW_INDEXED))
		row->flags |= ROW_NASCENT;
	/* Before the sample is taken: the row still has a peer, and the numbers of its end. */
	if (fin_arrived(fact))
		infer_orphan(t, row, fact->h.time);
	row_take_sample(t, row, &fact->s, fact->h.time);
	row->changed = fact->h.time;
}

static void enter_new_state(struct table *t, struct row *row, const struct fact_state *fact,
                            const struct fact_task *actor)
{
	if (fact->new == STATE_SYN_SENT)
		enter_syn_sent(t, row, fact);
	else if (fact->new == STATE_CLOSE)
		enter_close(t, row, fact, actor);
	else if (row->flags & ROW_NASCENT)
		enter_silently(t, row, (enum tcp_state)fact->new, fact->h.time);
	else
		row_enter(t, row, fact->new, fact->h.time, false, actor);
}

void fold_state(struct table *t, const struct fact_state *fact)
{
	const struct fact_task *actor = task_acts(fact) ? &fact->task : NULL;
	struct row *row;

	t->traced = true;
	if (!fact->old || fact->old >= STATE_COUNT || !fact->new || fact->new >= STATE_COUNT)
		return;
	if (is_birth(fact)) {
		fold_birth(t, fact);
		return;
	}
	if (fact->old == fact->new) /* tcp_close() sets the state that shutdown() has set already */
		return;
	row = row_find_sk(t, fact->h.sk);
	if (row && sample_came_first(row, fact))
		return;
	if (is_repeated(t, row, fact)) {
		t->repeated++;
		return;
	}
	row = row_for_transition(t, fact);
	if (!row)
		return;
	take_event(t, row, fact);
	if (actor)
		note_owner(t, row, fact);
	note_closer(row, fact);
	enter_new_state(t, row, fact, actor);
}

void fold_destroy(struct table *t, const struct fact_destroy *fact)
{
	struct row *row = row_find_sk(t, fact->h.sk);

	t->traced = true;
	row_tombstone(t, fact->h.sk, fact->h.time);
	if (!row)
		return;
	if (row->state == STATE_CLOSE || row->flags & ROW_NASCENT)
		row_retire(t, row, fact->h.time);
	else
		row_outlived(t, row, fact->h.time);
}
