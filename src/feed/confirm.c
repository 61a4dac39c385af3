/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets looked at one by one. A walk looks at each bucket of the kernel's hash table, however few
 * sockets the namespace has: 2.6 ms. And it may miss some.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "enrich/host.h"
#include "feed/feed_private.h"

#define FEW 32 /* 3 to 13 us each */

/* --- where the rows are -------------------------------------------------------------------------- */

struct feed_few {
	uint32_t count;     /* sockets that the kernel counts in the namespace, if all is well */
	bool walk;          /* there are some that cannot be confirmed */
	uint32_t rows[FEW]; /* the first ones */
};

void feed_forget_rows(struct feed *feed)
{
	numbers_free(&feed->populated);
	feed->few_room = 0;
	free(feed->few);
	feed->few = NULL;
}

/* Without memory the namespace is walked. */
static struct feed_few *few_of(struct feed *feed, uint32_t netns)
{
	size_t place = numbers_add(&feed->populated, netns);
	struct feed_few *grown;

	if (place == NUMBERS_NONE)
		return NULL;
	if (place >= feed->few_room) {
		grown = reallocarray(feed->few, place * 2 + 16, sizeof(*grown));
		if (!grown)
			return NULL;
		memset(grown + feed->few_room, 0,
		       (place * 2 + 16 - feed->few_room) * sizeof(*grown));
		feed->few = grown;
		feed->few_room = place * 2 + 16;
	}
	return &feed->few[place];
}

/*
 * Requests and MPTCP sockets are not counted; requests come and go without an event. In CLOSE it is in
 * no hash table.
 */
void feed_note_row(struct feed *feed, const struct row *row)
{
	struct feed_few *few = few_of(feed, row->netns);

	if (!few || few->walk || row->state == STATE_CLOSE)
		return;
	few->walk = few->count == FEW || row->flags & (ROW_REQUEST | ROW_MPTCP) ||
	            (!row->sk && !(row->flags & ROW_MINI));
	if (!few->walk)
		few->rows[few->count++] = row->self;
}

/* --- one by one ------------------------------------------------------------------------------------ */

/* In the namespace that the thread is in; opened at the first one. */
static int look_up(struct feed *feed, struct sockdiag **sockdiag, const struct row *row)
{
	const struct fact_sink sink = {feed_fact, feed};
	struct fact_sample want;
	int err;

	row_sample(row, &want);
	if (!*sockdiag) {
		err = sockdiag_open(sockdiag, row->netns, NULL);
		if (err)
			return err;
	}
	return sockdiag_lookup(*sockdiag, &want, &sink);
}

/*
 * Before 6.17 iter/tcp may skip sockets when others leave the hash table meanwhile, for it resumes
 * a bucket by a number; sock_diag still does. So each is looked at where the kernel has it; where
 * that cannot be (before 5.10), by its addresses.
 */
static void confirm_unseen(struct feed *feed, struct sockdiag **sockdiag, const struct row *row)
{
	if (feed->live && live_peek(feed->live, row->sk, row->cookie, row->netns, true) < 0 &&
	    row->cookie)
		look_up(feed, sockdiag, row);
}

/* It may have ended since a walk saw it, of which nothing else tells when nothing is traced. */
static void confirm_unheld(struct feed *feed, const struct row *row)
{
	struct fact_seen gone = {.h = {.type = FACT_GONE, .len = sizeof(gone), .sk = row->sk}};
	int found = feed->live && row->sk
	                    ? live_peek(feed->live, row->sk, row->cookie, row->netns, true)
	                    : -ENOTSUP;

	row_sample(row, &gone.s);
	gone.h.time = clock_boot();
	if (found < 0 && row->cookie)
		feed_look_up(feed, &gone.s);
	else if (!found && !feed->config.trace)
		feed_fact(&gone.h, feed);
}

void feed_confirm_end(struct feed *feed, const struct question *question)
{
	struct fact_seen gone = {.h = {.type = FACT_GONE, .len = sizeof(gone), .sk = question->sk},
	                         .s = question->s};

	if (live_peek(feed->live, question->sk, question->cookie, question->s.netns, true))
		return; /* told, or nobody can tell: the next walk over fds will */
	gone.h.time = clock_boot();
	feed_fact(&gone.h, feed);
}

void feed_confirm_missed(struct feed *feed, const struct fact_walk *end)
{
	struct sockdiag *sockdiag = NULL;
	struct buffer missed = {0};

	if (end->unseen) /* then to have no holder is nothing to go by */
		return;
	/* Without memory for all of them, the next walk finds the others again. */
	table_missed(feed->table, end->kind, &missed);
	for (size_t at = 0; at < missed.size; at += sizeof(uint32_t)) {
		const struct row *row;
		uint32_t index;

		memcpy(&index, missed.data + at, sizeof(index));
		/* The answer for one may be the end of another. */
		row = table_row(feed->table, index);
		if (row && end->kind == WALK_SOCKETS)
			confirm_unseen(feed, &sockdiag, row);
		else if (row)
			confirm_unheld(feed, row);
	}
	buffer_free(&missed);
	sockdiag_close(sockdiag);
}

void feed_tell_queues(struct feed *feed, uint32_t netns)
{
	struct buffer listeners = {0};
	int err = 0;

	if (!feed->live)
		return;
	table_queues(feed->table, netns, &listeners);
	for (size_t at = 0; !err && at < listeners.size; at += sizeof(uint32_t)) {
		const struct row *row;
		uint32_t index;

		memcpy(&index, listeners.data + at, sizeof(index));
		row = table_row(feed->table, index);
		if (row && row->sk && row->cookie)
			err = live_peek_queue(feed->live, row->sk, row->cookie);
	}
	buffer_free(&listeners);
}

/* false: it is gone, or has half-open connections, which nothing but a walk finds. */
static bool confirm(struct feed *feed, struct sockdiag **sockdiag, uint32_t netns, uint32_t index)
{
	const struct row *row = table_row(feed->table, index);

	if (!row || row->netns != netns)
		return false;
	if (row->flags & ROW_MINI)
		return !look_up(feed, sockdiag, row);
	return live_peek(feed->live, row->sk, row->cookie, row->netns, true) == 1;
}

static bool confirm_all(struct feed *feed, const struct feed_few *few, uint32_t netns)
{
	struct sockdiag *sockdiag = NULL;
	bool all = true;

	for (uint32_t i = 0; all && i < few->count; i++)
		all = confirm(feed, &sockdiag, netns, few->rows[i]);
	sockdiag_close(sockdiag);
	return all;
}

bool feed_confirm_netns(struct feed *feed, uint32_t netns)
{
	size_t place = numbers_find(&feed->populated, netns);
	const struct feed_few *few = place < feed->few_room ? &feed->few[place] : NULL;
	uint64_t count;

	if ((!few && place != NUMBERS_NONE) || host_count_tcp(&count))
		return false;
	if (!few || !few->count)
		return !count && (!few || !few->walk);
	/* What a loss has called for must not rely on what the table has. */
	return feed->config.trace && !feed->schedule.healing && !few->walk && few->count == count &&
	       confirm_all(feed, few, netns);
}
