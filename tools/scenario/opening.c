/* SPDX-License-Identifier: BSD-2-Clause */
/* States on the way to ESTABLISHED, and ESTABLISHED itself. */
#include "endpoint.h"
#include "kernel.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BACKLOG 4096

static void listen_stand(const struct options *o)
{
	for (long i = 0; i < o->count; i++) {
		struct endpoint e = endpoint_of("listen", sock_listen(o, BACKLOG));

		endpoint_await(&e, TCP_LISTEN);
		endpoint_say_more(&e, "subject", "backlog=%d", BACKLOG);
	}
}

static void established_stand(const struct options *o)
{
	int listener = sock_listen(o, BACKLOG);
	struct endpoint l = endpoint_of("listen", listener);

	endpoint_say(&l, "listener");
	for (long i = 0; i < o->count; i++) {
		struct pair p = pair_make(listener);

		endpoint_say(&p.active, "subject");
		endpoint_say(&p.passive, "subject");
	}
}

/* A backlog of 0 has room for one connection; the SYN of the second is dropped. */
static int listener_full(const struct options *o)
{
	int listener = sock_listen(o, 0);
	union address a = sock_local(listener);

	sock_connect(&a);
	return listener;
}

static int listener_deaf(const struct options *o)
{
	int listener = sock_listen(o, BACKLOG);

	sock_lose(listener, LOSE_ALL);
	return listener;
}

static void syn_sent_stand(const struct options *o)
{
	int listener = o->full_queue ? listener_full(o) : listener_deaf(o);
	struct endpoint l = endpoint_of("listen", listener);

	endpoint_say(&l, "listener");
	for (long i = 0; i < o->count; i++) {
		int fd = sock_connect_start(-1, &l.local);
		struct endpoint e = {.side = "active", .fd = fd};

		endpoint_await(&e, TCP_SYN_SENT);
		e = endpoint_of("active", fd);
		e.remote = l.local; /* getpeername() fails before ESTABLISHED */
		endpoint_say(&e, "subject");
	}
}

static void syn_recv_stand(const struct options *o)
{
	int listener = sock_listen(o, BACKLOG);
	struct endpoint l = endpoint_of("listen", listener);

	endpoint_say(&l, "listener");
	if (o->ack_lost)
		sock_lose(listener, LOSE_ALL_BUT_SYN);
	for (long i = 0; i < o->count; i++) {
		int fd = sock_new(l.local.any.sa_family);
		struct endpoint client, request;

		if (!o->ack_lost)
			sock_lose(fd, LOSE_ALL);
		sock_connect_start(fd, &l.local);
		client = endpoint_of("active", fd);
		client.remote = l.local;
		endpoint_await(&client, o->ack_lost ? TCP_ESTABLISHED : TCP_SYN_SENT);
		request = endpoint_across("passive", &client);
		endpoint_await(&request, TCP_SYN_RECV);
		endpoint_say(&request, "subject");
		endpoint_say(&client, "peer");
	}
}

static void self_connect_stand(const struct options *o)
{
	union address any_port = address_loopback(o, o->port);
	int fd = sock_bound(&any_port);
	union address self = sock_local(fd);
	struct endpoint e;

	sock_connect_start(fd, &self);
	e = endpoint_of("active", fd);
	endpoint_await(&e, TCP_ESTABLISHED);
	endpoint_say(&e, "subject");
}

/*
 * Without a wire that holds packets back: A connects to B's port while B is only bound, and does
 * not receive the RST. Then B connects to A, whose SYN_SENT meets a SYN and becomes SYN_RECV. With
 * --half-open B does not receive A's SYN+ACK, so that A stays: a full socket in SYN_RECV.
 */
static void simultaneous_open_stand(const struct options *o)
{
	union address a = address_loopback(o, 0), b = a;
	int fd_a = sock_bound(&a), fd_b = sock_bound(&b);
	struct endpoint ea, eb;

	a = sock_local(fd_a);
	b = sock_local(fd_b);
	sock_lose(fd_a, LOSE_RST);
	sock_connect_start(fd_a, &b);
	if (o->half_open)
		sock_lose(fd_b, LOSE_ALL);
	sock_connect_start(fd_b, &a);
	ea = endpoint_of("active", fd_a);
	eb = endpoint_of("active", fd_b);
	ea.remote = b;
	eb.remote = a;
	endpoint_await(&ea, o->half_open ? TCP_SYN_RECV : TCP_ESTABLISHED);
	endpoint_await(&eb, o->half_open ? TCP_SYN_SENT : TCP_ESTABLISHED);
	endpoint_say(&ea, "subject");
	endpoint_say(&eb, o->half_open ? "peer" : "subject");
}

static struct pair queued_pair(const struct options *o, const union address *remote)
{
	struct pair p = {.active = endpoint_of("active", sock_connect(remote))};

	endpoint_await(&p.active, TCP_ESTABLISHED);
	p.passive = endpoint_across("passive", &p.active);
	endpoint_await(&p.passive, TCP_ESTABLISHED);
	if (o->peer_closed)
		endpoint_finish(o, &p.active);
	return p;
}

static void accept_queue_stand(const struct options *o)
{
	struct endpoint l = endpoint_of("listen", sock_listen(o, BACKLOG));
	struct pair *pairs = NULL;
	struct tcp_info info;

	for (long i = 0; i < o->count; i++) {
		pairs = grow(pairs, i, sizeof(*pairs));
		pairs[i] = queued_pair(o, &l.local);
	}
	info = endpoint_info(&l);
	endpoint_say_more(&l, "listener", "queued=%u backlog=%u", info.tcpi_unacked,
	                  info.tcpi_sacked);
	for (long i = 0; i < o->count; i++) {
		if (o->peer_closed) {
			endpoint_await(&pairs[i].passive, TCP_CLOSE_WAIT);
			endpoint_await(&pairs[i].active, TCP_FIN_WAIT2);
		}
		endpoint_say_more(&pairs[i].passive, "subject", "rq=%u",
		                  endpoint_rq(&pairs[i].passive));
		endpoint_say(&pairs[i].active, "peer");
	}
	free(pairs);
}

/* 1 client, 2 server, 4 data in SYN without a cookie, 0x200 accept it without a cookie. */
static void fastopen_enable(void)
{
	int fd = open("/proc/sys/net/ipv4/tcp_fastopen", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || dprintf(fd, "%d\n", 0x1 | 0x2 | 0x4 | 0x200) < 0)
		die_errno("cannot set tcp_fastopen");
	close(fd);
}

/* The client does not receive the SYN+ACK, so the child stays in SYN_RECV with an accepted fd. */
static void tfo_stand(const struct options *o)
{
	int listener, client;
	union address a;
	struct endpoint active, passive;

	fastopen_enable();
	listener = sock_listen(o, BACKLOG);
	if (setsockopt(listener, IPPROTO_TCP, TCP_FASTOPEN, &(int){16}, sizeof(int)))
		die_errno("cannot set TCP_FASTOPEN");
	a = sock_local(listener);
	client = sock_new(a.any.sa_family);
	if (o->half_open)
		sock_lose(client, LOSE_ALL);
	if (sendto(client, "hello", 5, MSG_FASTOPEN | (o->half_open ? MSG_DONTWAIT : 0), &a.any,
	           address_len(&a)) < 0 &&
	    errno != EINPROGRESS)
		die_errno("cannot send data in the SYN");
	passive = endpoint_of("passive", sock_accept(listener));
	passive.remote = sock_local(client); /* getpeername() may fail in SYN_RECV */
	active = endpoint_of("active", client);
	active.remote = a;
	endpoint_await(&passive, o->half_open ? TCP_SYN_RECV : TCP_ESTABLISHED);
	endpoint_await(&active, o->half_open ? TCP_SYN_SENT : TCP_ESTABLISHED);
	endpoint_say(&passive, "subject");
	endpoint_say(&active, "peer");
}

#define PLACE "ipv6 mapped port"

static const struct scenario rows[] = {
	{"listen", "count any " PLACE, "listening sockets", listen_stand, false, 0},
	{"syn_sent", "count full-queue " PLACE, "connects without an answer", syn_sent_stand, false,
         0},
	{"syn_recv", "count ack-lost " PLACE, "half-open: request sockets of a listener",
         syn_recv_stand, false, 0},
	{"established", "count any " PLACE, "open connections, accepted", established_stand, false,
         0},
	{"accept_queue", "count peer-closed shutdown " PLACE,
         "connections that nobody has accepted", accept_queue_stand, false, 0},
	{"self_connect", PLACE, "one socket connected to itself", self_connect_stand, false, 0},
	{"simultaneous_open", "half-open ipv6 mapped", "two sockets that connected to each other",
         simultaneous_open_stand, false, 0},
	{"tfo", "half-open " PLACE, "data in the SYN; half-open: accepted in SYN_RECV", tfo_stand,
         true, 0},
};

const struct scenario_group open_group = {rows, ARRAY_SIZE(rows)};
