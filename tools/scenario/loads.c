/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole lives and large numbers of sockets, by several processes. */
#define _GNU_SOURCE 1
#include "child.h"
#include "endpoint.h"
#include "mptcp.h"
#include "netns.h"
#include "util.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* Shared memory for the answers of the children. */
static void *shared_room(size_t size)
{
	void *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		die_errno("cannot map memory");
	return room;
}

/* ---- lifecycle: what the server sends back tells the client all about the server's side */

struct answer {
	uint64_t cookie;
	uint64_t inode;
	int fd;
	pid_t pid;
};

static void lifecycle_serve(int listener)
{
	struct endpoint e = endpoint_of("passive", sock_accept(listener));
	struct answer answer = {.cookie = e.cookie, .inode = e.inode, .fd = e.fd, .pid = e.pid};
	char request[16];

	if (recv(e.fd, request, sizeof(request), 0) <= 0 ||
	    send(e.fd, &answer, sizeof(answer), MSG_NOSIGNAL) != sizeof(answer))
		die_errno("the server cannot answer");
	if (recv(e.fd, request, sizeof(request), 0) != 0)
		die_errno("the server should read EOF");
	sock_close(e.fd);
}

static void lifecycle_server(const struct options *o, void *arg)
{
	struct endpoint l = endpoint_of("listen", sock_listen(o, 4096));

	*(union address *)arg = l.local;
	endpoint_say(&l, "listener");
	child_report();
	for (long i = 0; i < o->count; i++)
		lifecycle_serve(l.fd);
}

static void lifecycle_line(const struct endpoint *client, int fd, const struct answer *a, long n,
                           const char *more)
{
	char local[ADDRESS_TEXT], remote[ADDRESS_TEXT];

	say("kind=connection n=%ld client=%s server=%s client_pid=%d client_fd=%d "
	    "client_cookie=%llu client_inode=%llu server_pid=%d server_fd=%d server_cookie=%llu "
	    "server_inode=%llu netns=%llu %s",
	    n, address_text(&client->local, local), address_text(&client->remote, remote),
	    client->pid, fd, (unsigned long long)client->cookie, (unsigned long long)client->inode,
	    a->pid, a->fd, (unsigned long long)a->cookie, (unsigned long long)a->inode,
	    (unsigned long long)netns_inode(client->nsfd), more);
}

static void lifecycle_stand(const struct options *o)
{
	union address *server = shared_room(sizeof(*server));
	struct child c = child_start(lifecycle_server, o, server, CHILD_DROPS_SOCKETS);

	child_await(&c);
	for (long i = 0; i < o->count; i++) {
		struct endpoint e = endpoint_of("active", sock_connect(server));
		struct endpoint other = {.side = "passive", .fd = -1, .nsfd = e.nsfd};
		struct answer answer;
		int fd = e.fd;

		other.local = e.remote;
		other.remote = e.local;
		sock_send(e.fd, 10);
		if (recv(e.fd, &answer, sizeof(answer), MSG_WAITALL) != sizeof(answer))
			die_errno("the server does not answer");
		endpoint_close(&e);
		endpoint_await(&e, TCP_TIME_WAIT);
		endpoint_await(&other, 0);
		lifecycle_line(&e, fd, &answer, i + 1, "state=TIME_WAIT");
	}
	child_await(&c);
}

/* ---- exchange: as lifecycle, but the server closes every second one first, and nothing waits */

/* The cookie of the fd; with --mptcp, of the subflow. */
static uint64_t exchange_cookie(const struct options *o, const struct endpoint *e)
{
	struct endpoint turned = *e;

	if (!o->mptcp || o->plain_client)
		return e->cookie;
	turned.local = e->remote;
	turned.remote = e->local;
	return endpoint_across(e->side, &turned).cookie;
}

static bool exchange_client_is_first(long n)
{
	return n % 2 == 0;
}

static void exchange_read_eof(int fd)
{
	char byte;

	if (recv(fd, &byte, 1, 0) != 0)
		die_errno("there should be EOF");
}

static void exchange_server(const struct options *o, void *arg)
{
	int listener = o->mptcp ? mptcp_listen(o) : sock_listen(o, 4096);

	*(union address *)arg = sock_local(listener);
	child_report();
	for (long i = 0; i < o->count; i++) {
		struct endpoint e = endpoint_of("passive", sock_accept(listener));
		struct answer answer = {
			.cookie = exchange_cookie(o, &e),
			.inode = e.inode,
			.fd = e.fd,
			.pid = e.pid,
		};

		if (send(e.fd, &answer, sizeof(answer), MSG_NOSIGNAL) != sizeof(answer))
			die_errno("the server cannot answer");
		if (exchange_client_is_first(i))
			exchange_read_eof(e.fd);
		sock_close(e.fd);
	}
	sock_close(listener);
}

static void exchange_once(const struct options *o, const union address *server, long i)
{
	bool mptcp = o->mptcp && !o->plain_client;
	int fd = mptcp ? mptcp_connect(server) : sock_connect(server);
	struct endpoint e = endpoint_of("active", fd);
	struct answer answer;

	e.cookie = exchange_cookie(o, &e);
	if (recv(fd, &answer, sizeof(answer), MSG_WAITALL) != sizeof(answer))
		die_errno("the server does not answer");
	if (!exchange_client_is_first(i))
		exchange_read_eof(fd);
	sock_close(fd);
	lifecycle_line(&e, fd, &answer, i + 1,
	               exchange_client_is_first(i) ? "first=client" : "first=server");
}

static void exchange_stand(const struct options *o)
{
	union address *server = shared_room(sizeof(*server));
	struct child c = child_start(exchange_server, o, server, CHILD_DROPS_SOCKETS);

	if (o->plain_client && !o->mptcp)
		die("--plain-client goes with --mptcp");
	child_await(&c);
	for (long i = 0; i < o->count; i++)
		exchange_once(o, server, i);
	child_await(&c);
}

/* ---- storm: connect, close by the client, close by the server, and again */

struct storm_pair {
	union address server;
	long number;
	long cycles;
	long done;
	long no_port;     /* times a connect had to wait for a free port */
	atomic_bool stop; /* the parent was interrupted */
};

#define LAST_ONE "q"

/* true while more will come: the last connection of the client says that it is the last. */
static bool storm_serve(const struct options *o, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	char byte = 0;

	if (fd < 0)
		die_errno("cannot accept");
	if (o->linger0)
		send(fd, "", 1, MSG_NOSIGNAL); /* now the client may reset it */
	if (recv(fd, &byte, 1, 0) < 0 && errno != ECONNRESET)
		die_errno("cannot read");
	close(fd);
	return byte != *LAST_ONE;
}

static void storm_server(const struct options *o, void *arg)
{
	struct storm_pair *p = arg;
	int listener = sock_listen(o, 4096);

	p->server = sock_local(listener);
	child_report();
	while (storm_serve(o, listener))
		;
}

/*
 * A source address for every 16384 connections: an address has some 28000 ports, and each stays in
 * TIME_WAIT for a while.
 */
static void storm_source(const struct storm_pair *p, int fd)
{
	union address a = {.v4 = {.sin_family = AF_INET}};

	if (p->server.any.sa_family != AF_INET)
		return;
	a.v4.sin_addr.s_addr = htonl(0x7f000001 + (p->number << 16) + (p->done >> 14) % 250);
	if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){1}, sizeof(int)) ||
	    bind(fd, &a.any, sizeof(a.v4)))
		die_errno("cannot choose a source address");
}

static int storm_connect(struct storm_pair *p)
{
	int fd = socket(p->server.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die_errno("cannot make a socket");
	storm_source(p, fd);
	while (connect(fd, &p->server.any, address_len(&p->server))) {
		if (errno != EADDRNOTAVAIL)
			die_errno("cannot connect");
		p->no_port++;
		nap();
	}
	return fd;
}

/* The client waits for the server each time, so that the accept queue never overflows. */
static void storm_cycle(const struct options *o, struct storm_pair *p)
{
	int fd = storm_connect(p);
	char byte;

	if (o->linger0)
		sock_linger0(fd);
	else
		sock_shut(fd);
	if (recv(fd, &byte, 1, 0) != o->linger0)
		die_errno("the server did not do its part");
	close(fd);
	p->done++;
}

static void storm_client(const struct options *o, void *arg)
{
	struct storm_pair *p = arg;
	int64_t deadline;
	int fd;

	child_report();
	child_hear();
	deadline = now_ms() + o->seconds * 1000;
	while (p->done < p->cycles && !p->stop && (p->done % 64 || now_ms() < deadline))
		storm_cycle(o, p);
	child_report();
	fd = storm_connect(p);
	send(fd, LAST_ONE, 1, MSG_NOSIGNAL);
	close(fd);
}

static void storm_stop_if_interrupted(const struct options *o, struct storm_pair *pairs)
{
	if (!interrupted())
		return;
	for (long i = 0; i < o->pairs; i++)
		pairs[i].stop = true;
}

static void storm_stand(const struct options *o)
{
	struct storm_pair *pairs = shared_room(o->pairs * sizeof(*pairs));
	struct child servers[64], clients[64];
	long done = 0, no_port = 0;
	int64_t begin, ms;

	for (long i = 0; i < o->pairs; i++) {
		pairs[i].number = i;
		pairs[i].cycles = o->count / o->pairs + (i < o->count % o->pairs);
		servers[i] = child_start(storm_server, o, &pairs[i], CHILD_DROPS_SOCKETS);
		child_await(&servers[i]);
		clients[i] = child_start(storm_client, o, &pairs[i], CHILD_DROPS_SOCKETS);
		child_await(&clients[i]);
	}
	begin = now_ms();
	for (long i = 0; i < o->pairs; i++)
		child_tell(&clients[i]);
	for (long i = 0; i < o->pairs; i++) {
		while (!child_await_ms(&clients[i], 100))
			storm_stop_if_interrupted(o, pairs);
	}
	ms = now_ms() - begin;
	for (long i = 0; i < o->pairs; i++) {
		child_await(&clients[i]);
		child_await(&servers[i]);
		done += pairs[i].done;
		no_port += pairs[i].no_port;
	}
	say("kind=storm cycles=%ld pairs=%ld elapsed_ms=%lld per_second=%lld no_port=%ld", done,
	    o->pairs, (long long)ms, (long long)(done * 1000 / (ms ?: 1)), no_port);
}

/* ---- many: a process can hold both ends of this many, RLIMIT_NOFILE being 20000 */

#define MANY_PER_WORKER 8000

struct many_share {
	long number;
	long connections;
};

static void many_worker(const struct options *o, void *arg)
{
	const struct many_share *share = arg;
	struct endpoint l = endpoint_of("listen", sock_listen(o, 4096));
	char local[ADDRESS_TEXT];

	for (long i = 0; i < share->connections; i++) {
		struct pair p;

		if (!o->lines) {
			sock_connect(&l.local);
			sock_accept(l.fd);
			continue;
		}
		p = pair_make(l.fd);
		endpoint_say(&p.active, "subject");
		endpoint_say(&p.passive, "subject");
	}
	say("kind=many worker=%ld pid=%d local=%s connections=%ld netns=%llu", share->number,
	    getpid(), address_text(&l.local, local), share->connections,
	    (unsigned long long)netns_inode(l.nsfd));
}

static void many_stand(const struct options *o)
{
	long workers = (o->count + MANY_PER_WORKER - 1) / MANY_PER_WORKER;
	struct child c[64];

	if (workers > (long)ARRAY_SIZE(c))
		die("many can hold %ld connections at most", MANY_PER_WORKER * ARRAY_SIZE(c));
	for (long i = 0; i < workers; i++) {
		struct many_share share = {.number = i, .connections = o->count / workers};

		if (i < o->count % workers)
			share.connections++;
		c[i] = child_start(many_worker, o, &share, CHILD_DROPS_SOCKETS);
	}
	for (long i = 0; i < workers; i++)
		child_await(&c[i]);
	say("kind=total connections=%ld workers=%ld", o->count, workers);
}

static const struct scenario rows[] = {
	{"lifecycle", "count ipv6 mapped port",
         "connections that live and end normally, client and server process", lifecycle_stand,
         false, 0},
	{"exchange", "count mptcp plain-client ipv6 mapped port",
         "lives by client and server process, each side the first to close in turn", exchange_stand,
         false, 0},
	{"storm", "count pairs seconds linger0 ipv6 mapped",
         "connect/close cycles as fast as possible, --count (10000) in all", storm_stand, false,
         10000},
	{"many", "count lines ipv6 mapped", "established connections, 8000 a process", many_stand,
         false, 0},
};

const struct scenario_group load_group = {rows, ARRAY_SIZE(rows)};
