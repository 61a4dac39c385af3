/* SPDX-License-Identifier: BSD-2-Clause */
/* States after the first FIN. The subject is the side that enters the requested state. */
#include "endpoint.h"
#include "util.h"

#include <stdlib.h>
#include <sys/socket.h>

enum side {
	ACTIVE,
	PASSIVE,
};

typedef void step_fn(const struct options *o, struct endpoint *subject, struct endpoint *peer);

/*
 * Do each of two steps for all pairs: the ACK of a FIN is delayed by at least 4 ms, which would be
 * 20 s for 5000 connections one after the other.
 */
static void each_pair(const struct options *o, enum side usual, step_fn *begin, step_fn *settle)
{
	enum side side = o->active ? ACTIVE : o->passive ? PASSIVE : usual;
	struct endpoint l = endpoint_of("listen", sock_listen(o, 4096));
	struct pair *pairs = NULL;

	endpoint_say(&l, "listener");
	for (long i = 0; i < o->count; i++) {
		pairs = grow(pairs, i, sizeof(*pairs));
		pairs[i] = pair_make(l.fd);
		if (side == ACTIVE)
			begin(o, &pairs[i].active, &pairs[i].passive);
		else
			begin(o, &pairs[i].passive, &pairs[i].active);
	}
	for (long i = 0; i < o->count; i++) {
		if (side == ACTIVE)
			settle(o, &pairs[i].active, &pairs[i].passive);
		else
			settle(o, &pairs[i].passive, &pairs[i].active);
	}
	free(pairs);
}

static void say_both(const struct endpoint *subject, const struct endpoint *peer)
{
	endpoint_say(subject, "subject");
	endpoint_say(peer, "peer");
}

static void read_to_eof(int fd)
{
	char data[4096];
	ssize_t n;

	while ((n = recv(fd, data, sizeof(data), 0)) > 0)
		;
	if (n < 0)
		die_errno("cannot read to EOF");
}

static void close_wait_begin(const struct options *o, struct endpoint *subject,
                             struct endpoint *peer)
{
	sock_send(peer->fd, o->unread);
	endpoint_finish(o, peer);
	endpoint_await(subject, TCP_CLOSE_WAIT);
}

static void close_wait_settle(const struct options *o, struct endpoint *subject,
                              struct endpoint *peer)
{
	uint32_t rq = o->unread + 1; /* the FIN counts as one */

	endpoint_await(peer, TCP_FIN_WAIT2);
	endpoint_await_rq(subject, rq);
	if (o->eof_read) {
		read_to_eof(subject->fd);
		rq = 0;
		endpoint_await_rq(subject, rq);
	}
	endpoint_say_more(subject, "subject", "rq=%u", rq);
	endpoint_say(peer, "peer");
}

static void last_ack_begin(const struct options *o, struct endpoint *subject, struct endpoint *peer)
{
	(void)o;
	sock_shut(peer->fd);
	endpoint_await(subject, TCP_CLOSE_WAIT);
}

static void last_ack_settle(const struct options *o, struct endpoint *subject,
                            struct endpoint *peer)
{
	endpoint_await(peer, TCP_FIN_WAIT2);
	sock_lose(peer->fd, LOSE_ALL);
	endpoint_finish(o, subject);
	endpoint_await(subject, TCP_LAST_ACK);
	say_both(subject, peer);
}

static void fin_wait1_begin(const struct options *o, struct endpoint *subject,
                            struct endpoint *peer)
{
	sock_lose(peer->fd, LOSE_ALL);
	endpoint_finish(o, subject);
	endpoint_await(subject, TCP_FIN_WAIT1);
}

static void fin_wait1_settle(const struct options *o, struct endpoint *subject,
                             struct endpoint *peer)
{
	(void)o;
	endpoint_await(subject, TCP_FIN_WAIT1);
	say_both(subject, peer);
}

static void fin_wait2_begin(const struct options *o, struct endpoint *subject,
                            struct endpoint *peer)
{
	(void)o;
	sock_shut(subject->fd);
	endpoint_await(peer, TCP_CLOSE_WAIT);
}

static void fin_wait2_orphan_begin(const struct options *o, struct endpoint *subject,
                                   struct endpoint *peer)
{
	(void)o;
	endpoint_close(subject);
	endpoint_await(peer, TCP_CLOSE_WAIT);
}

static void fin_wait2_settle(const struct options *o, struct endpoint *subject,
                             struct endpoint *peer)
{
	(void)o;
	endpoint_await(subject, TCP_FIN_WAIT2);
	say_both(subject, peer);
}

/*
 * The peer does not receive the subject's FIN and sends its own, which does not acknowledge it:
 * FIN_WAIT1 -> CLOSING. The peer does not receive the answer either and stays in FIN_WAIT1.
 */
static void closing_settle(const struct options *o, struct endpoint *subject, struct endpoint *peer)
{
	(void)o;
	sock_shut(peer->fd);
	endpoint_await(subject, TCP_CLOSING);
	endpoint_await(peer, TCP_FIN_WAIT1);
	say_both(subject, peer);
}

static void time_wait_begin(const struct options *o, struct endpoint *subject,
                            struct endpoint *peer)
{
	endpoint_finish(o, subject);
	endpoint_await(peer, TCP_CLOSE_WAIT);
	endpoint_close(peer);
}

/* With --shutdown the subject keeps its fd: a socket in CLOSE beside a mini-socket in TIME_WAIT. */
static void time_wait_settle(const struct options *o, struct endpoint *subject,
                             struct endpoint *peer)
{
	struct endpoint mini = *subject;

	(void)o;
	mini.fd = -1;
	endpoint_await(&mini, TCP_TIME_WAIT);
	endpoint_await(peer, 0);
	say_both(&mini, peer);
	if (subject->fd >= 0)
		endpoint_say(subject, "leftover");
}

#define STAND(name, side, begin, settle)                                                           \
	static void name##_stand(const struct options *o)                                          \
	{                                                                                          \
		each_pair(o, side, begin, settle);                                                 \
	}

STAND(close_wait, PASSIVE, close_wait_begin, close_wait_settle)
STAND(last_ack, PASSIVE, last_ack_begin, last_ack_settle)
STAND(fin_wait1, ACTIVE, fin_wait1_begin, fin_wait1_settle)
STAND(fin_wait2, ACTIVE, fin_wait2_begin, fin_wait2_settle)
STAND(fin_wait2_orphan, ACTIVE, fin_wait2_orphan_begin, fin_wait2_settle)
STAND(closing, ACTIVE, fin_wait1_begin, closing_settle)
STAND(time_wait, ACTIVE, time_wait_begin, time_wait_settle)

#define PLACE "count active passive any ipv6 mapped port"

static const struct scenario rows[] = {
	{"close_wait", PLACE " shutdown unread eof-read", "peer closed, we have not",
         close_wait_stand, false, 0},
	{"last_ack", PLACE " shutdown", "closed after the peer, which does not acknowledge",
         last_ack_stand, false, 0},
	{"fin_wait1", PLACE " shutdown", "closed first, the FIN is not acknowledged",
         fin_wait1_stand, false, 0},
	{"fin_wait2", PLACE, "half-closed by shutdown(), peer has not closed", fin_wait2_stand,
         false, 0},
	{"fin_wait2_orphan", PLACE, "closed first, peer has not closed", fin_wait2_orphan_stand,
         false, 0},
	{"closing", PLACE " shutdown", "both closed at once, our FIN is not acknowledged",
         closing_stand, false, 0},
	{"time_wait", PLACE " shutdown", "closed first, peer closed too", time_wait_stand, false,
         0},
};

const struct scenario_group close_group = {rows, ARRAY_SIZE(rows)};
