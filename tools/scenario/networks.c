/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections between two network namespaces: over veth, and over a wire on which this process
 * carries the packets.
 */
#include "child.h"
#include "endpoint.h"
#include "netns.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define LEFT_ADDRESS  "10.77.0.1"
#define RIGHT_ADDRESS "10.77.0.2"
#define NETMASK       "255.255.255.0"
#define PORT          5000

static void veth_server(const struct options *o, void *arg)
{
	pid_t client = *(pid_t *)arg;
	union address a = address_v4(LEFT_ADDRESS, PORT);
	struct endpoint e;

	netns_unshare();
	veth_make("left", "right", client);
	device_address("left", LEFT_ADDRESS, NETMASK);
	device_up("left");
	e = endpoint_of("listen", sock_listen_at(&a, 4096));
	child_report();
	child_hear();
	device_up_again("left");
	endpoint_say(&e, "listener");
	child_report();
	child_hear();
	for (long i = 0; i < 2 * o->count; i++) {
		struct endpoint p = endpoint_of("passive", sock_accept(e.fd));

		/* Not i: on a slow machine they may enter the queue in another order. */
		bool closed = (address_port(&p.remote) - PORT - 1) % 2;

		endpoint_await(&p, closed ? TCP_CLOSE_WAIT : TCP_ESTABLISHED);
		endpoint_say(&p, "subject");
	}
}

/*
 * Closes every second connection, so that the server has it in CLOSE_WAIT. The ports are fixed: two
 * runs of this scenario have the same addresses in different namespaces.
 */
static void veth_client(const struct options *o, void *arg)
{
	union address server = address_v4(LEFT_ADDRESS, PORT);

	(void)arg;
	netns_unshare();
	child_report();
	child_hear();
	device_address("right", RIGHT_ADDRESS, NETMASK);
	device_up("right");
	child_report();
	child_hear();
	for (long i = 0; i < 2 * o->count; i++) {
		union address a = address_v4(RIGHT_ADDRESS, PORT + 1 + i);
		int fd = sock_bound(&a);
		struct endpoint e;

		if (connect(fd, &server.any, address_len(&server)))
			die_errno("cannot connect");
		e = endpoint_of("active", fd);
		if (i % 2) {
			endpoint_close(&e);
			endpoint_await(&e, TCP_FIN_WAIT2);
		}
		endpoint_say(&e, "peer");
	}
}

static void two_netns_stand(const struct options *o)
{
	struct child client = child_start(veth_client, o, NULL, CHILD_DROPS_SOCKETS);
	struct child server;

	child_await(&client);
	server = child_start(veth_server, o, &client.pid, CHILD_DROPS_SOCKETS);
	child_await(&server);
	/* Makes both devices first, then both sides of the connections. */
	for (int i = 0; i < 2; i++) {
		child_tell(&client);
		child_await(&client);
		child_tell(&server);
		child_await(&server);
	}
}

/*
 * A wire: two namespaces with a TUN device each; this process carries packets from one to the
 * other. Other packets wait in the queue of their device: both ends can send before either
 * receives.
 */
struct wire {
	int nsfd[2];
	int tun[2];
};

/* A process lives in each namespace, so that a walk over /proc/PID/ns/net finds it. */
static void wire_keeper(const struct options *o, void *arg)
{
	int here;

	(void)o;
	(void)arg;
	netns_unshare();
	here = netns_current();
	say("kind=netns pid=%d netns=%llu", getpid(), (unsigned long long)netns_inode(here));
	close(here);
}

static void wire_end_make(struct wire *w, int i, const struct options *o)
{
	static const char *const addresses[] = {LEFT_ADDRESS, RIGHT_ADDRESS};
	struct child keeper = child_start(wire_keeper, o, NULL, CHILD_DROPS_SOCKETS);

	child_await(&keeper);
	w->nsfd[i] = netns_of_process(keeper.pid);
	netns_enter(w->nsfd[i]);
	w->tun[i] = tun_make("wire");
	device_address("wire", addresses[i], "255.255.255.255");
	device_peer("wire", addresses[!i]);
	device_up("wire");
	if (fcntl(w->tun[i], F_SETFL, O_NONBLOCK))
		die_errno("cannot change O_NONBLOCK");
}

static struct wire wire_make(const struct options *o)
{
	int home = netns_current();
	struct wire w;

	for (int i = 0; i < 2; i++) {
		wire_end_make(&w, i, o);
		netns_enter(home);
	}
	close(home);
	return w;
}

/* Carries one TCP segment from end i to the other; false: none waits. Drops IPv6's own packets. */
static bool wire_try(const struct wire *w, int i)
{
	unsigned char packet[65536];
	ssize_t len;

	while ((len = read(w->tun[i], packet, sizeof(packet))) > 0) {
		if (len < 20 || packet[0] >> 4 != 4 || packet[9] != IPPROTO_TCP)
			continue;
		if (write(w->tun[!i], packet, len) != len)
			die_errno("cannot write to a TUN device");
		return true;
	}
	if (errno != EAGAIN)
		die_errno("cannot read from a TUN device");
	return false;
}

static void wire_carry(const struct wire *w, int i)
{
	int64_t deadline = now_ms() + PATIENCE_MS;
	struct pollfd fd = {.fd = w->tun[i], .events = POLLIN};

	while (!wire_try(w, i)) {
		if (now_ms() > deadline)
			die("no packet on the wire");
		poll(&fd, 1, 100);
	}
}

static void wire_carry_until(const struct wire *w, const struct endpoint *e, int state)
{
	int64_t deadline = now_ms() + PATIENCE_MS;

	while (endpoint_state(e) != state && now_ms() < deadline) {
		if (!wire_try(w, 0) && !wire_try(w, 1))
			nap();
	}
	endpoint_await(e, state);
}

/* A socket in the namespace of one end, bound to that end's address. */
static struct endpoint wire_socket(const struct wire *w, int i, int port)
{
	union address a = address_v4(i ? RIGHT_ADDRESS : LEFT_ADDRESS, port);
	int home = netns_current();
	struct endpoint e;

	netns_enter(w->nsfd[i]);
	e = endpoint_of("active", sock_bound(&a));
	netns_enter(home);
	close(home);
	e.remote = address_v4(i ? LEFT_ADDRESS : RIGHT_ADDRESS, port);
	return e;
}

static struct pair wire_pair(const struct wire *w)
{
	struct endpoint l = wire_socket(w, 0, PORT), a = wire_socket(w, 1, PORT);
	struct endpoint p;

	if (listen(l.fd, 1))
		die_errno("cannot listen");
	sock_connect_start(a.fd, &l.local);
	wire_carry_until(w, &a, TCP_ESTABLISHED);
	while (wire_try(w, 1)) /* the ACK of the SYN+ACK */
		;
	p = endpoint_of("passive", sock_accept(l.fd));
	endpoint_await(&p, TCP_ESTABLISHED);
	return (struct pair){.active = a, .passive = p};
}

/* The two FINs cross; their ACKs are carried only without --in-closing. */
static void simultaneous_close_stand(const struct options *o)
{
	struct wire w = wire_make(o);
	struct pair p = wire_pair(&w);

	endpoint_finish(o, &p.passive);
	endpoint_finish(o, &p.active);
	wire_carry(&w, 0);
	wire_carry(&w, 1);
	endpoint_await(&p.active, TCP_CLOSING);
	endpoint_await(&p.passive, TCP_CLOSING);
	if (!o->in_closing) {
		/* A socket whose fd is kept enters CLOSE; a socket in TIME_WAIT has no fd. */
		p.active.fd = p.passive.fd = -1;
		wire_carry_until(&w, &p.active, TCP_TIME_WAIT);
		wire_carry_until(&w, &p.passive, TCP_TIME_WAIT);
	}
	endpoint_say(&p.active, "subject");
	endpoint_say(&p.passive, "subject");
}

/* The two SYNs cross: SYN_SENT -> SYN_RECV -> ESTABLISHED on both sides. Neither side listens. */
static void crossed_open_stand(const struct options *o)
{
	struct wire w = wire_make(o);
	struct endpoint left = wire_socket(&w, 0, PORT), right = wire_socket(&w, 1, PORT);

	sock_connect_start(left.fd, &right.local);
	sock_connect_start(right.fd, &left.local);
	wire_carry(&w, 0);
	wire_carry(&w, 1);
	endpoint_await(&left, TCP_SYN_RECV);
	endpoint_await(&right, TCP_SYN_RECV);
	if (!o->half_open) {
		wire_carry_until(&w, &left, TCP_ESTABLISHED);
		wire_carry_until(&w, &right, TCP_ESTABLISHED);
	}
	endpoint_say(&left, "subject");
	endpoint_say(&right, "subject");
}

static const struct scenario rows[] = {
	{"two_netns", "count", "ESTABLISHED and CLOSE_WAIT over veth, a process in each namespace",
         two_netns_stand, false, 0},
	{"simultaneous_close", "in-closing shutdown",
         "FINs cross: CLOSING, then TIME_WAIT, on both", simultaneous_close_stand, false, 0},
	{"crossed_open", "half-open", "SYNs cross: SYN_RECV, then ESTABLISHED, on both",
         crossed_open_stand, false, 0},
};

const struct scenario_group net_group = {rows, ARRAY_SIZE(rows)};
