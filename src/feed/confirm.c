/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks at single sockets. A walk reads every bucket of the kernel's hash table, however few
 * sockets the namespace has: 2.6 ms. Besides, a walk may miss sockets.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "enrich/kernel_counters.h"
#include "feed/feed_private.h"

#define ROWS_MAX 32 /* 3 to 13 us each */

/* --- where the rows are ----------------------------------------------------------------------- */

struct netns_rows {
	uint32_t count;           /* rows that the kernel's counter should include */
	bool walk;                /* some sockets here cannot be confirmed one by one */
	uint32_t index[ROWS_MAX]; /* indices of the rows */
};

void feed_forget_rows(struct feed *feed)
{
	numbers_free(&feed->populated);
	feed->netns_rows_room = 0;
	free(feed->netns_rows);
	feed->netns_rows = NULL;
}

/* NULL: no memory; the namespace is walked then. */
static struct netns_rows *rows_of(struct feed *feed, uint32_t netns)
{
	size_t place = numbers_add(&feed->populated, netns);
	struct netns_rows *grown;

	if (place == NUMBERS_NONE)
		return NULL;
	if (place >= feed->netns_rows_room) {
		size_t before = feed->netns_rows_room;

		grown = array_reserve(feed->netns_rows, &feed->netns_rows_room, place + 1,
		                      sizeof(*grown));
		if (!grown)
			return NULL;
		memset(grown + before, 0, (feed->netns_rows_room - before) * sizeof(*grown));
		feed->netns_rows = grown;
	}
	return &feed->netns_rows[place];
}

/*
 * The kernel's counter does not include request sockets and MPTCP sockets, and request sockets come
 * and go without an event. A socket in CLOSE is in no hash table.
 */
void feed_note_row(struct feed *feed, const struct row *row)
{
	struct netns_rows *rows = rows_of(feed, row->netns);

	if (!rows || rows->walk || row->state == STATE_CLOSE)
		return;
	rows->walk = rows->count == ROWS_MAX || row->flags & (ROW_REQUEST | ROW_MPTCP) ||
	             (!row->sk && !(row->flags & ROW_MINI));
	if (!rows->walk)
		rows->index[rows->count++] = row->self;
}

/* --- one by one ------------------------------------------------------------------------------- */

/* Looks in the namespace that the thread is in. Opens *sockdiag at the first use. */
static int lookup_row(struct feed *feed, struct sockdiag **sockdiag, const struct row *row)
{
	const struct fact_sink sink = {feed_fact, feed};
	struct fact_sample target;
	int err;

	row_sample(row, &target);
	if (!*sockdiag) {
		err = sockdiag_open(sockdiag, row->netns, NULL);
		if (err)
			return err;
	}
	return sockdiag_lookup(*sockdiag, &target, &sink);
}

/*
 * Before 6.17 iter/tcp may skip sockets while others leave the hash table, because it resumes a
 * bucket by a number; sock_diag still does. So look at the memory of each such socket or, where BPF
 * cannot run on demand (before 5.10), look it up by its addresses.
 */
static void confirm_unseen(struct feed *feed, struct sockdiag **sockdiag, const struct row *row)
{
	struct fact_sample sample;

	row_sample(row, &sample);
	if (feed->live && live_peek(feed->live, row->sk, &sample, true) < 0 && row->cookie)
		lookup_row(feed, sockdiag, row);
}

/* The socket may have ended since a walk saw it. When nothing is traced, no event reports that. */
static void confirm_unheld(struct feed *feed, const struct row *row)
{
	struct fact_sample sample;
	int found = -ENOTSUP;

	row_sample(row, &sample);
	if (feed->live && row->sk)
		found = live_peek(feed->live, row->sk, &sample, true);
	if (found < 0 && row->cookie)
		feed_lookup_socket(feed, &sample);
	else if (!found && !feed->config.trace)
		feed_report_gone(feed, row->sk, &sample);
}

void feed_confirm_end(struct feed *feed, const struct lookup *lookup)
{
	/* 1: it exists and is reported. -errno: the next walk over fds decides. */
	if (!live_peek(feed->live, lookup->sk, &lookup->s, true))
		feed_report_gone(feed, lookup->sk, &lookup->s);
}

/* The row whose index is at that byte of the buffer; NULL: it was retired meanwhile. */
static const struct row *row_at(const struct feed *feed, const struct buffer *indices, size_t at)
{
	uint32_t index;

	memcpy(&index, indices->data + at, sizeof(index));
	return table_row(feed->table, index);
}

void feed_confirm_missed(struct feed *feed, const struct fact_walk *end)
{
	struct sockdiag *sockdiag = NULL;
	struct buffer missed = {0};

	if (end->unseen) /* some fds could not be read, so a socket without holder may have one */
		return;
	/* If memory is short, the next walk finds the others. */
	table_missed(feed->table, end->kind, &missed);
	for (size_t at = 0; at < missed.size; at += sizeof(uint32_t)) {
		/* The lookup of one socket may have retired another row. */
		const struct row *row = row_at(feed, &missed, at);

		if (row && end->kind == WALK_SOCKETS)
			confirm_unseen(feed, &sockdiag, row);
		else if (row)
			confirm_unheld(feed, row);
	}
	buffer_free(&missed);
	sockdiag_close(sockdiag);
}

void feed_report_queues(struct feed *feed, uint32_t netns)
{
	struct buffer listeners = {0};
	int err = 0;

	if (!feed->live)
		return;
	table_queues(feed->table, netns, &listeners);
	for (size_t at = 0; !err && at < listeners.size; at += sizeof(uint32_t)) {
		const struct row *row = row_at(feed, &listeners, at);

		if (row && row->sk && row->cookie)
			err = live_peek_queue(feed->live, row->sk, row->cookie);
	}
	buffer_free(&listeners);
}

/* false: the socket is gone, or it has half-open connections, which only a walk finds. */
static bool confirm(struct feed *feed, struct sockdiag **sockdiag, uint32_t netns, uint32_t index)
{
	const struct row *row = table_row(feed->table, index);
	struct fact_sample sample;

	if (!row || row->netns != netns)
		return false;
	if (row->flags & ROW_MINI)
		return !lookup_row(feed, sockdiag, row);
	row_sample(row, &sample);
	return live_peek(feed->live, row->sk, &sample, true) == 1;
}

static bool confirm_all(struct feed *feed, const struct netns_rows *rows, uint32_t netns)
{
	struct sockdiag *sockdiag = NULL;
	bool all = true;

	for (uint32_t i = 0; all && i < rows->count; i++)
		all = confirm(feed, &sockdiag, netns, rows->index[i]);
	sockdiag_close(sockdiag);
	return all;
}

bool feed_confirm_netns(struct feed *feed, uint32_t netns)
{
	size_t place = numbers_find(&feed->populated, netns);
	const struct netns_rows *rows =
		place < feed->netns_rows_room ? &feed->netns_rows[place] : NULL;
	uint64_t count;

	if ((!rows && place != NUMBERS_NONE) || kernel_count_tcp(&count))
		return false;
	if (!rows || !rows->count)
		return !count && (!rows || !rows->walk);
	/* A walk that a loss requires must not rely on the table. */
	return feed->config.trace && !feed->schedule.healing && !rows->walk &&
	       rows->count == count && confirm_all(feed, rows, netns);
}
