/* SPDX-License-Identifier: BSD-2-Clause */
/* Abnormal ends: CLOSE with an fd, refusals, resets, timeouts; retransmits. */
#include "endpoint.h"
#include "kernel.h"
#include "util.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct endpoint pair_listener(const struct options *o)
{
	struct endpoint l = endpoint_of("listen", sock_listen(o, 4096));

	endpoint_say(&l, "listener");
	return l;
}

/* A port that is certainly closed: we are bound to it but do not listen. */
static struct endpoint refused_one(const struct options *o)
{
	union address a = address_loopback(o, 0);
	int port_owner = sock_bound(&a);
	struct endpoint e;
	int fd;

	a = sock_local(port_owner);
	fd = sock_new(a.any.sa_family);
	if (!connect(fd, &a.any, address_len(&a)) || errno != ECONNREFUSED)
		die_errno("a connect to a closed port was not refused");
	e = endpoint_of("active", fd);
	e.remote = a;
	endpoint_await(&e, TCP_CLOSE);
	sock_close(port_owner);
	return e;
}

static void refused_stand(const struct options *o)
{
	for (long i = 0; i < o->count; i++) {
		struct endpoint e = refused_one(o);

		endpoint_say_more(&e, "subject", "error=ECONNREFUSED");
	}
}

static void close_stand(const struct options *o)
{
	union address a = address_loopback(o, o->port);

	for (long i = 0; i < o->count; i++) {
		struct endpoint fresh = endpoint_of("none", sock_new(a.any.sa_family));
		struct endpoint bound = endpoint_of("none", sock_bound(&a));
		struct endpoint failed = refused_one(o);

		endpoint_say_more(&fresh, "subject", "kind=fresh");
		endpoint_say_more(&bound, "subject", "kind=bound");
		endpoint_say_more(&failed, "subject", "kind=failed");
	}
}

static void reset_stand(const struct options *o, bool unread)
{
	struct endpoint l = pair_listener(o);

	for (long i = 0; i < o->count; i++) {
		struct pair p = pair_make(l.fd);
		struct endpoint *closer = o->passive ? &p.passive : &p.active;
		struct endpoint *peer = o->passive ? &p.active : &p.passive;

		if (unread) {
			sock_send(peer->fd, 100);
			endpoint_await_rq(closer, 100);
		} else {
			sock_linger0(closer->fd);
		}
		endpoint_close(closer);
		endpoint_await(closer, 0);
		endpoint_await(peer, TCP_CLOSE);
		endpoint_say(closer, "subject");
		endpoint_say_more(peer, "peer", "error=%s", endpoint_error(peer));
	}
}

static void reset_linger0_stand(const struct options *o)
{
	reset_stand(o, false);
}

static void reset_unread_stand(const struct options *o)
{
	reset_stand(o, true);
}

static void user_timeout_set(int fd, unsigned int ms)
{
	if (setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms)))
		die_errno("cannot set TCP_USER_TIMEOUT");
}

/* TCP_KEEPIDLE and TCP_KEEPINTVL count in seconds, so this takes two seconds. */
static void keepalive_set(int fd)
{
	static const int options[] = {TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT};

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		if (setsockopt(fd, IPPROTO_TCP, options[i], &(int){1}, sizeof(int)))
			die_errno("cannot set up keepalive");
	}
	if (setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int)))
		die_errno("cannot set SO_KEEPALIVE");
}

static void timeout_say(const struct options *o, struct endpoint *e, const char *kind)
{
	endpoint_await_error(e, o->timeout_ms + PATIENCE_MS);
	endpoint_say_more(e, "subject", "kind=%s error=%s", kind, endpoint_error(e));
}

/* All three run at the same time; wait for each. */
static void timeout_stand(const struct options *o)
{
	struct endpoint l = pair_listener(o);
	struct pair data = pair_make(l.fd), idle = pair_make(l.fd);
	struct endpoint syn;
	int fd = sock_new(l.local.any.sa_family);

	sock_lose(data.passive.fd, LOSE_ALL);
	sock_lose(idle.passive.fd, LOSE_ALL);
	sock_lose(l.fd, LOSE_ALL);
	user_timeout_set(fd, o->timeout_ms);
	sock_connect_start(fd, &l.local);
	syn = endpoint_of("active", fd);
	syn.remote = l.local;
	keepalive_set(idle.active.fd);
	user_timeout_set(data.active.fd, o->timeout_ms);
	sock_send(data.active.fd, 100);
	timeout_say(o, &syn, "connect");
	timeout_say(o, &data.active, "data");
	timeout_say(o, &idle.active, "keepalive");
	endpoint_say_more(&data.passive, "peer", "kind=data");
	endpoint_say_more(&idle.passive, "peer", "kind=keepalive");
}

static void await_retrans(const struct endpoint *e, unsigned int wanted)
{
	int64_t deadline = now_ms() + 2 * PATIENCE_MS;

	while (endpoint_info(e).tcpi_total_retrans < wanted) {
		if (now_ms() > deadline)
			die("no %u retransmits in time", wanted);
		nap();
	}
}

/* A black hole that ends after some retransmits: then the connect succeeds. */
static void retransmit_syn(const struct options *o)
{
	struct endpoint l = endpoint_of("listen", sock_listen(o, 16));
	struct endpoint e;
	int fd;

	sock_lose(l.fd, LOSE_ALL);
	fd = sock_connect_start(-1, &l.local);
	e = endpoint_of("active", fd);
	e.remote = l.local;
	await_retrans(&e, o->retrans);
	sock_hear(l.fd);
	endpoint_await(&e, TCP_ESTABLISHED);
	endpoint_say_more(&e, "subject", "kind=syn retrans=%u",
	                  endpoint_info(&e).tcpi_total_retrans);
}

/* Lose the ACK of the SYN+ACK, not the SYN+ACK: otherwise the client would repeat its SYN. */
static void retransmit_synack(const struct options *o)
{
	struct endpoint l = endpoint_of("listen", sock_listen(o, 16));
	int64_t deadline = now_ms() + 2 * PATIENCE_MS;
	struct endpoint client, child;
	struct sighting s;

	sock_lose(l.fd, LOSE_ALL_BUT_SYN);
	client = endpoint_of("active", sock_connect(&l.local));
	for (;;) {
		if (!kernel_find(&client.remote, &client.local, &s) || now_ms() > deadline)
			die("no SYN+ACK retransmits in time");
		if (s.retrans >= o->retrans)
			break;
		nap();
	}
	sock_hear(l.fd);
	sock_send(client.fd, 1); /* any ACK completes it: do not wait for the next SYN+ACK */
	child = endpoint_of("passive", sock_accept(l.fd));
	endpoint_await(&child, TCP_ESTABLISHED);
	endpoint_say_more(&child, "subject", "kind=synack retrans=%u", s.retrans);
	endpoint_say_more(&client, "peer", "kind=synack");
}

static void await_acked(const struct endpoint *e)
{
	int64_t deadline = now_ms() + PATIENCE_MS;
	int unacked = 0;

	do {
		if (ioctl(e->fd, SIOCOUTQ, &unacked))
			die_errno("cannot ask for the send queue");
		if (!unacked)
			return;
		nap();
	} while (now_ms() < deadline);
	die("%d bytes are still not acknowledged", unacked);
}

static void retransmit_rto(const struct options *o)
{
	struct pair p = pair_make(sock_listen(o, 16));

	sock_lose(p.passive.fd, LOSE_ALL);
	sock_send(p.active.fd, 100);
	await_retrans(&p.active, o->retrans);
	sock_hear(p.passive.fd);
	await_acked(&p.active);
	endpoint_say_more(&p.active, "subject", "kind=rto retrans=%u",
	                  endpoint_info(&p.active).tcpi_total_retrans);
}

static void await_drop(const struct endpoint *e, uint32_t wanted)
{
	int64_t deadline = now_ms() + PATIENCE_MS;
	uint32_t mem[SK_MEMINFO_VARS] = {0};

	/* Do not sleep: the sender's loss probe comes in a few milliseconds. */
	while (mem[SK_MEMINFO_DROPS] < wanted) {
		if (getsockopt(e->fd, SOL_SOCKET, SO_MEMINFO, mem, &(socklen_t){sizeof(mem)}))
			die_errno("cannot get SO_MEMINFO");
		if (now_ms() > deadline)
			die("no segment was dropped");
	}
}

/*
 * One segment is lost and later ones arrive: their ACKs reveal the loss. The last one meets a
 * delayed ACK, which mostly causes a loss probe: one more retransmit.
 */
static void lose_one(const struct pair *p, uint32_t n)
{
	sock_lose(p->passive.fd, LOSE_ALL);
	sock_send(p->active.fd, 100);
	await_drop(&p->passive, n);
	sock_hear(p->passive.fd);
	for (int i = 0; i < 5; i++)
		sock_send(p->active.fd, 100);
	await_retrans(&p->active, n);
	await_acked(&p->active);
}

static void retransmit_fast(const struct options *o)
{
	struct pair p = pair_make(sock_listen(o, 16));
	uint32_t n = 0;

	if (setsockopt(p.active.fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)))
		die_errno("cannot set TCP_NODELAY");
	/* On a busy machine the loss probe may come first: then try again. */
	do {
		if (n == 20)
			die("no fast retransmit in %u losses", n);
		lose_one(&p, ++n);
	} while (kernel_counter("TcpExt", "TCPFastRetrans") < 1);
	endpoint_say_more(&p.active, "subject", "kind=fast retrans=%u",
	                  endpoint_info(&p.active).tcpi_total_retrans);
}

/* In a namespace of its own, because these counters are per namespace: here all counts are ours. */
static void retransmit_stand(const struct options *o)
{
	retransmit_syn(o);
	retransmit_synack(o);
	retransmit_rto(o);
	retransmit_fast(o);
	say("kind=counters RetransSegs=%ld TCPTimeouts=%ld TCPSynRetrans=%ld TCPLossProbes=%ld "
	    "TCPFastRetrans=%ld TCPSlowStartRetrans=%ld",
	    kernel_counter("Tcp", "RetransSegs"), kernel_counter("TcpExt", "TCPTimeouts"),
	    kernel_counter("TcpExt", "TCPSynRetrans"), kernel_counter("TcpExt", "TCPLossProbes"),
	    kernel_counter("TcpExt", "TCPFastRetrans"),
	    kernel_counter("TcpExt", "TCPSlowStartRetrans"));
}

#define PLACE "ipv6 mapped port"

static const struct scenario rows[] = {
	{"close", "count ipv6 mapped", "in CLOSE with an fd: fresh, bound, failed to connect",
         close_stand, false, 0},
	{"refused", "count ipv6 mapped", "connect to a closed port", refused_stand, false, 0},
	{"reset_linger0", "count active passive any " PLACE, "closed by SO_LINGER 0: RST",
         reset_linger0_stand, false, 0},
	{"reset_unread", "count active passive any " PLACE, "closed with unread data: RST",
         reset_unread_stand, false, 0},
	{"timeout", "timeout-ms " PLACE, "died of ETIMEDOUT: connect, data, keepalive",
         timeout_stand, false, 0},
	{"retransmit", "retrans ipv6 mapped",
         "SYN, SYN+ACK, RTO and fast retransmits, then recovery", retransmit_stand, true, 0},
};

const struct scenario_group fail_group = {rows, ARRAY_SIZE(rows)};
