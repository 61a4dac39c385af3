/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that change no state: resets, retransmits, and the syscalls that name an owner. */
#include "table/fold_signal_private.h"

#include <errno.h>
#include <string.h>

#include "table/emit_private.h"
#include "table/holders_private.h"
#include "table/life_private.h"
#include "table/pending_private.h"
#include "table/rows_private.h"
#include "table/sample_private.h"

/* --- resets and retransmissions ------------------------------------------------------------- */

/* May the row, found by its addresses, be of the socket of the sample? */
static bool row_fits(const struct row *row, const struct fact_sample *s)
{
	if (row_other_cookie(row, s))
		return false;
	if (s->flags & SAMPLE_REQUEST) /* TCP Fast Open has the full socket already */
		return row->flags & ROW_REQUEST || row->state == STATE_SYN_RECV;
	if (s->flags & SAMPLE_MINI || s->state == STATE_CLOSE)
		return row->flags & ROW_MINI;
	return !row->sk && !(row->flags & (ROW_MINI | ROW_REQUEST));
}

/* The row of a sample: by kernel address, or (mini and request sockets) by connection. */
static struct row *row_of_sample(struct table *t, uint64_t sk, const struct fact_sample *s,
                                 uint64_t time)
{
	struct row *row = row_of_address(t, sk, s, time);

	if (row || !(s->flags & SAMPLE_TUPLE))
		return row;
	/* A segment without a socket: it is of the former connection, on any interface. */
	if (!sk)
		return row_find_ends(t, s);
	if (s->state == STATE_LISTEN)
		row = row_find_listening(t, sk, s);
	else
		row = row_find_tuple(t, s, 0);
	while (row && s->state != STATE_LISTEN && !row_fits(row, s))
		row = row_next_tuple(t, row, s);
	if (row && !row->sk && !(row->flags & ROW_MINI))
		row_set_sk(t, row, sk);
	return row;
}

/* A row for a sample. An event may come before a walk has seen the socket. */
static struct row *row_for_sample(struct table *t, uint64_t sk, const struct fact_sample *s,
                                  uint64_t time)
{
	struct row *row = row_of_sample(t, sk, s, time);

	if (row || !sk || !s->state || s->state >= STATE_COUNT)
		return row;
	/* The address of a mini-socket has no events. */
	row = row_new(t, s->flags & SAMPLE_MINI ? 0 : sk, s->netns, time);
	if (!row)
		return NULL;
	row_first_seen(t, row, s);
	row_settle(t, row, s, time);
	row_take_sample(t, row, s, time);
	row_add_step(t, row, time, STEP_STATE, s->state, 0);
	if (row->flags & ROW_MINI)
		pending_mini(t, row, time);
	if (row->flags & ROW_MINI && row->state == STATE_FIN_WAIT2)
		pending_fin(t, row, time);
	return row;
}

/* net/ipv4/tcp_output.c, tcp_timer.c, tcp_recovery.c; measured on 6.18. Recovery goes first. */
static enum retransmit_kind retransmit_kind_of(const struct fact_retransmit *fact)
{
	enum { CA_RECOVERY = 3, CA_LOSS = 4, PENDING_LOSS_PROBE = 5 };

	if (fact->s.state == STATE_SYN_SENT)
		return RETRANSMIT_SYN;
	if (fact->s.state == STATE_SYN_RECV)
		return RETRANSMIT_SYNACK;
	if (fact->ca_state == CA_RECOVERY)
		return RETRANSMIT_FAST;
	if (fact->ca_state == CA_LOSS)
		return fact->pending ? RETRANSMIT_SLOW_START : RETRANSMIT_RTO;
	if (fact->pending == PENDING_LOSS_PROBE)
		return RETRANSMIT_TLP;
	return fact->retransmits ? RETRANSMIT_RTO : RETRANSMIT_FAST;
}

static void note_retransmit(struct table *t, struct row *row, enum retransmit_kind kind,
                            struct change *change, uint64_t time)
{
	change->kind = CHANGE_RETRANSMIT;
	change->time = time;
	change->row = row;
	change->retransmit = kind;
	row->retransmits[kind]++;
	row->changed = time;
	t->totals.retransmits[kind]++;
	row_add_step(t, row, time, STEP_RETRANSMIT, (uint8_t)kind, 0);
	change_emit(t, change);
}

/*
 * TCP options take room: a full-sized segment may be so much shorter than the MSS
 * (tcp_current_mss()).
 */
#define OPTIONS_MOST 40

void fold_retransmit(struct table *t, const struct fact_retransmit *fact)
{
	struct row *row = row_for_sample(t, fact->h.sk, &fact->s, fact->h.time);
	bool known = fact->mss && fact->length;
	struct change change = {
		.full = known && fact->length + OPTIONS_MOST >= fact->mss,
		.small = known && fact->length + OPTIONS_MOST < fact->mss,
		.timeouts = fact->retransmits,
	};

	if (!row)
		return;
	row_settle(t, row, &fact->s, fact->h.time);
	row_port_known(t, row);
	row_take_sample(t, row, &fact->s, fact->h.time);
	note_retransmit(t, row, retransmit_kind_of(fact), &change, fact->h.time);
}

void fold_synack(struct table *t, const struct fact_synack *fact)
{
	struct row *row = row_for_sample(t, fact->h.sk, &fact->s, fact->h.time);

	struct change change = {.timeouts = fact->timeouts};

	if (!row)
		return;
	row_take_sample(t, row, &fact->s, fact->h.time);
	note_retransmit(t, row, RETRANSMIT_SYNACK, &change, fact->h.time);
}

/* An RST of a segment without a socket, or of one that has ended: it is reported, but has no row. */
static void emit_reset(struct table *t, const struct fact_reset *fact, const struct change *change)
{
	struct row none = {
		.netns = fact->s.netns,
		.family = (uint8_t)fact->s.family,
		.lport = fact->s.lport,
		.rport = fact->s.rport,
		.ifindex = fact->s.ifindex,
		.cookie = fact->s.cookie,
		.state = STATE_CLOSE,
		.owner = ROW_NONE,
		.holders = ROW_NONE,
		.history = ROW_NONE,
		.flags = ROW_ORPHAN,
	};
	struct change reported = *change;

	memcpy(none.laddr, fact->s.laddr, sizeof(none.laddr));
	memcpy(none.raddr, fact->s.raddr, sizeof(none.raddr));
	reported.row = &none;
	change_emit(t, &reported);
}

/* The row of a listener that refuses a segment, with the addresses of that segment. */
static void refuse_peer(struct row *refused, const struct row *listener,
                        const struct fact_sample *s)
{
	*refused = *listener;
	refused->family = (uint8_t)s->family;
	refused->lport = s->lport;
	refused->rport = s->rport;
	refused->ifindex = s->ifindex;
	memcpy(refused->laddr, s->laddr, sizeof(refused->laddr));
	memcpy(refused->raddr, s->raddr, sizeof(refused->raddr));
}

static bool is_refusal(const struct row *row, const struct fact_reset *fact)
{
	return row_is_listener(row) && !(fact->s.flags & SAMPLE_TUPLE) && fact->s.rport;
}

static void note_sent(struct row *row, const struct fact_reset *fact)
{
	saturate(&row->rsts_sent);
	row->rst_sent_reason = (uint8_t)fact->reason;
	/* Before CLOSE it may come from ss -K or from a timeout: the error will show that. */
	if (row->closer == CLOSER_NONE && row->state == STATE_CLOSE)
		row->closer = CLOSER_LOCAL_RESET;
}

static void note_received(struct row *row)
{
	saturate(&row->rsts_received);
	if (row->closer == CLOSER_NONE)
		row->closer = row->state == STATE_SYN_SENT ? CLOSER_REFUSED : CLOSER_PEER_RESET;
}

static void reset_row(struct table *t, struct row *row, const struct fact_reset *fact, bool sent)
{
	/* Do not take the sample of a segment without a socket, or of a former full socket. */
	if (row->sk && row->sk == fact->h.sk) {
		row_settle(t, row, &fact->s, fact->h.time);
		row_port_known(t, row);
		row_take_sample(t, row, &fact->s, fact->h.time);
	}
	if (sent)
		note_sent(row, fact);
	else
		note_received(row);
	row->touched = row->changed = fact->h.time;
	row_add_step(t, row, fact->h.time, sent ? STEP_RST_SENT : STEP_RST_RECEIVED,
	             (uint8_t)fact->reason, 0);
}

/*
 * A closed orphan is destroyed at once (inet_csk_destroy_sock(), net/ipv4/inet_connection_sock.c). If
 * tcp_reset() does that, the RST that answers the segment goes out afterwards: its row has ended, and a new
 * one would never end.
 */
static bool is_destroyed(const struct fact_sample *s)
{
	return s->state == STATE_CLOSE && s->flags & SAMPLE_DEAD &&
	       !(s->flags & (SAMPLE_MINI | SAMPLE_REQUEST));
}

void fold_reset(struct table *t, const struct fact_reset *fact)
{
	bool sent = fact->h.type == FACT_RST_SENT;
	struct change change = {
		.kind = sent ? CHANGE_RST_SENT : CHANGE_RST_RECEIVED,
		.time = fact->h.time,
		.reason = fact->reason,
		.cause = (enum fact_reset_cause)fact->active,
	};
	struct row *row = is_destroyed(&fact->s)
	                          ? row_of_sample(t, fact->h.sk, &fact->s, fact->h.time)
	                          : row_for_sample(t, fact->h.sk, &fact->s, fact->h.time);
	struct row refused;

	/* An RST that answers a segment may be sent in the context of any task. */
	if (sent && fact->active == RESET_ACTIVE && fact->s.flags & SAMPLE_OWNED)
		change.actor = fact->task;
	if (sent)
		t->totals.rsts_sent++;
	else
		t->totals.rsts_received++;
	if (!row) {
		emit_reset(t, fact, &change);
		return;
	}
	reset_row(t, row, fact, sent);
	change.row = row;
	if (is_refusal(row, fact)) {
		refuse_peer(&refused, row, &fact->s);
		change.row = &refused;
	}
	change_emit(t, &change);
}

/* --- syscalls ------------------------------------------------------------------------------- */

static struct row *row_of_syscall(struct table *t, const struct fact_syscall *fact)
{
	struct row *row = row_find_sk(t, fact->h.sk);

	if (!row || (row->cookie && fact->cookie && row->cookie != fact->cookie))
		return NULL;
	row->touched = row->changed = fact->h.time;
	if (fact->inode)
		row->inode = fact->inode;
	row->flags |= ROW_SOCKET;
	holder_add(t, row, fact->task.pid, fact->task.start, fact->task.comm, fact->fd);
	return row;
}

void fold_accept(struct table *t, const struct fact_syscall *fact)
{
	struct row *row = row_of_syscall(t, fact);

	if (!row)
		return;
	row->flags |= ROW_LISTENED;
	owner_set(t, row, &fact->task, fact->stack, OWNER_ACCEPT);
}

#define ERRNO_MAX 4095 /* MAX_ERRNO, include/linux/err.h, 5.8..6.18 */

/* The errno of a return value; 0: none. A recording may have any number. */
static uint16_t errno_of(int32_t ret)
{
	return ret < 0 && ret >= -ERRNO_MAX ? (uint16_t)-ret : 0;
}

/*
 * The fd was closed while the call waited, and another socket has it now. Errors that segments
 * cause are already known from the transition of the socket that connected.
 */
static bool is_of_another(const struct row *row, const struct fact_syscall *fact)
{
	return (fact->ret == -ETIMEDOUT || fact->ret == -ECONNREFUSED) && row->err != -fact->ret;
}

/*
 * Reports an error that no transition has shown: tcp_v4_connect() puts the socket back to CLOSE
 * without an sk_err if it finds no local port. Errors that segments cause come with a transition.
 */
static void emit_failure(struct table *t, const struct row *row, const struct fact_syscall *fact)
{
	struct change change = {
		.kind = CHANGE_CONNECT_FAILED,
		.time = fact->h.time,
		.row = row,
		.old = STATE_SYN_SENT,
		.new = STATE_CLOSE,
		.actor = fact->task,
		.err = errno_of(fact->ret),
	};

	if (!change.err || row->err == change.err || row->state != STATE_CLOSE)
		return;
	if (change_connect_failure(&change) != CONNECT_FAILURE_NONE)
		change_emit(t, &change);
}

void fold_connect(struct table *t, const struct fact_syscall *fact)
{
	struct row *row = row_of_syscall(t, fact);

	if (!row || is_of_another(row, fact))
		return;
	if (row->flags & ROW_PORT_PENDING && fact->lport) {
		struct fact_sample s;

		row_sample(row, &s);
		s.lport = fact->lport;
		row_settle(t, row, &s, fact->h.time);
		row_port_known(t, row);
	}
	if (row->owner == ROW_NONE)
		owner_set(t, row, &fact->task, fact->stack, OWNER_CONNECT);
	emit_failure(t, row, fact);
}
