/* SPDX-License-Identifier: BSD-2-Clause */
/* What a sample says of a socket, and what the last one and this one say together. */
#include "table/sample_private.h"

#include "base/clock.h"
#include "table/holders_private.h"
#include "table/mptcp_private.h"
#include "table/rows_private.h"

static void take_flags(struct table *t, struct row *row, const struct fact_sample *s)
{
	if (s->flags & SAMPLE_SOCKET)
		row->flags |= ROW_SOCKET;
	else if (!(s->flags & (SAMPLE_MINI | SAMPLE_REQUEST)))
		row->flags &= ~(ROW_SOCKET | ROW_HIDDEN | ROW_UNHELD);
	if (s->flags & SAMPLE_KERNEL)
		row->flags |= ROW_KERNEL;
	/* Sockets that die in an accept queue get SOCK_DEAD too. */
	if (s->flags & SAMPLE_DEAD && !(s->flags & SAMPLE_SOCKET)) {
		row->flags |= ROW_ORPHAN;
		row->flags &= ~(ROW_HIDDEN | ROW_UNHELD);
		holders_keep(t, row, 0);
		mptcp_orphaned(t, row);
	}
}

/* After so long a silence the bytes acknowledged before were the end of an answer. */
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
 * Bytes read are bytes received minus bytes in the queue. A FIN counts in both
 * (tcp_rcv_nxt_update() of net/ipv4/tcp_input.c, by end_seq); a SYN counts the same in each sample.
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

/* Growth since a sample from before CLOSE_WAIT, its event included, may be of the time before. */
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

/* What happened between the last sample and this one. Call it before the row takes this one. */
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

static void take_ident(struct row *row, const struct fact_sample *s)
{
	if (!(s->flags & SAMPLE_IDENT) || (!s->inode && row->inode && !(row->flags & ROW_ORPHAN)))
		return;
	row->flags |= ROW_IDENT;
	row->uid = s->uid;
	row->inode = s->inode;
	row->cgroup = s->cgroup ? s->cgroup : row->cgroup;
}

static void take_counts(struct row *row, const struct fact_sample *s)
{
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
	/* A mini-socket has only the last numbers: keep the initial ones, if they are known. */
	if ((s->iss || s->irs) && !(s->flags & SAMPLE_MINI && row->flags & ROW_BYTES)) {
		row->iss = s->iss;
		row->irs = s->irs;
	}
}

static void take_timer(struct row *row, const struct fact_sample *s)
{
	if (!(s->flags & SAMPLE_TIMER)) {
		row->flags &= ~ROW_TIMER;
		return;
	}
	row->flags |= ROW_TIMER;
	row->timer = s->timer;
	row->timer_ms = s->timer_ms;
	row->retrans = s->retrans;
	row->probes = s->probes;
}

void row_take_sample(struct table *t, struct row *row, const struct fact_sample *s, uint64_t time)
{
	uint64_t idle = s->idle_ms * NS_PER_MS;

	note_progress(row, s, time);
	row->touched = time;
	if (s->cookie)
		row_set_cookie(t, row, s->cookie);
	take_flags(t, row, s);
	take_ident(row, s);
	take_counts(row, s);
	take_timer(row, s);
	if (s->flags & SAMPLE_IDLE)
		row->heard = idle < time ? (uint32_t)((time - idle) / NS_PER_SEC + 1) : 1;
	if (s->err)
		row->err = s->err;
}
