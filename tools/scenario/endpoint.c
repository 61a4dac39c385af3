/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include "endpoint.h"
#include "kernel.h"
#include "netns.h"
#include "util.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct endpoint endpoint_of(const char *side, int fd)
{
	struct endpoint e = {
		.side = side,
		.fd = fd,
		.pid = getpid(),
		.nsfd = netns_of_socket(fd),
		.local = sock_local(fd),
		.remote = sock_remote(fd),
	};
	struct stat st;

	if (fstat(fd, &st))
		die_errno("cannot stat a socket");
	e.inode = st.st_ino;
	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &e.cookie, &(socklen_t){sizeof(e.cookie)}))
		die_errno("cannot get a socket's cookie");
	return e;
}

/* Look in the endpoint's namespace, which may be another one. */
static bool endpoint_find(const struct endpoint *e, struct sighting *out)
{
	int here = netns_current();
	bool away = netns_inode(here) != netns_inode(e->nsfd);
	bool found;

	if (away)
		netns_enter(e->nsfd);
	found = kernel_find(&e->local, &e->remote, out);
	if (away)
		netns_enter(here);
	close(here);
	return found;
}

struct endpoint endpoint_across(const char *side, const struct endpoint *other)
{
	struct endpoint e = {
		.side = side,
		.fd = -1,
		.nsfd = other->nsfd,
		.local = other->remote,
		.remote = other->local,
	};
	int64_t deadline = now_ms() + PATIENCE_MS;
	char local[ADDRESS_TEXT], remote[ADDRESS_TEXT];
	struct sighting s;

	while (!endpoint_find(&e, &s)) {
		if (now_ms() > deadline)
			die("the kernel has no socket %s -> %s", address_text(&e.local, local),
			    address_text(&e.remote, remote));
		nap();
	}
	e.cookie = s.cookie;
	return e;
}

struct tcp_info endpoint_info(const struct endpoint *e)
{
	struct tcp_info info = {0};

	if (getsockopt(e->fd, IPPROTO_TCP, TCP_INFO, &info, &(socklen_t){sizeof(info)}))
		die_errno("cannot get TCP_INFO");
	return info;
}

int endpoint_state(const struct endpoint *e)
{
	struct sighting s;

	if (e->fd >= 0)
		return endpoint_info(e).tcpi_state;
	return endpoint_find(e, &s) ? s.state : 0;
}

static void endpoint_await_until(const struct endpoint *e, int state, int timeout_ms)
{
	int64_t deadline = now_ms() + timeout_ms;
	char local[ADDRESS_TEXT], remote[ADDRESS_TEXT];
	int seen;

	while ((seen = endpoint_state(e)) != state) {
		if (now_ms() > deadline)
			die("%s %s -> %s should be %s, the kernel says %s", e->side,
			    address_text(&e->local, local), address_text(&e->remote, remote),
			    state_name(state), state_name(seen));
		nap();
	}
}

void endpoint_await(const struct endpoint *e, int state)
{
	endpoint_await_until(e, state, PATIENCE_MS);
}

void endpoint_await_error(const struct endpoint *e, int timeout_ms)
{
	endpoint_await_until(e, TCP_CLOSE, timeout_ms);
}

uint32_t endpoint_rq(const struct endpoint *e)
{
	struct sighting s;

	return endpoint_find(e, &s) ? s.rq : 0;
}

void endpoint_await_rq(const struct endpoint *e, uint32_t rq)
{
	int64_t deadline = now_ms() + PATIENCE_MS;
	uint32_t seen;

	while ((seen = endpoint_rq(e)) != rq) {
		if (now_ms() > deadline)
			die("the receive queue should be %u, the kernel says %u", rq, seen);
		nap();
	}
}

const char *endpoint_error(const struct endpoint *e)
{
	int error = 0;

	if (getsockopt(e->fd, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof(error)}))
		die_errno("cannot get SO_ERROR");
	return error ? strerrorname_np(error) : "0";
}

void endpoint_close(struct endpoint *e)
{
	sock_close(e->fd);
	e->fd = -1;
}

void endpoint_finish(const struct options *o, struct endpoint *e)
{
	if (o->shutdown)
		sock_shut(e->fd);
	else
		endpoint_close(e);
}

void endpoint_say_more(const struct endpoint *e, const char *role, const char *fmt, ...)
{
	char local[ADDRESS_TEXT], remote[ADDRESS_TEXT], holder[64] = "pid=- fd=-", more[512];
	struct sighting s = {0};
	va_list ap;

	if (e->fd >= 0) {
		snprintf(holder, sizeof(holder), "pid=%d fd=%d", e->pid, e->fd);
		s.inode = e->inode;
	} else {
		endpoint_find(e, &s); /* a socket in flight in a unix socket still has an inode */
	}
	va_start(ap, fmt);
	vsnprintf(more, sizeof(more), fmt, ap);
	va_end(ap);
	say("side=%s role=%s state=%s local=%s remote=%s %s netns=%llu cookie=%llu inode=%u %s",
	    e->side, role, state_name(endpoint_state(e)), address_text(&e->local, local),
	    address_text(&e->remote, remote), holder, (unsigned long long)netns_inode(e->nsfd),
	    (unsigned long long)e->cookie, s.inode, more);
}

void endpoint_say(const struct endpoint *e, const char *role)
{
	char none[1] = "";

	endpoint_say_more(e, role, "%s", none);
}

struct pair pair_make_at(int listener, const union address *remote)
{
	int active = sock_connect(remote);
	int passive = sock_accept(listener);
	struct pair p = {
		.active = endpoint_of("active", active),
		.passive = endpoint_of("passive", passive),
	};

	endpoint_await(&p.active, TCP_ESTABLISHED);
	endpoint_await(&p.passive, TCP_ESTABLISHED);
	return p;
}

/* Connects to a listener; to the loopback address if that listens on the wildcard address. */
struct pair pair_make(int listener)
{
	union address a = sock_local(listener);
	struct options family = {.ipv6 = a.any.sa_family == AF_INET6};

	if (a.any.sa_family == AF_INET && a.v4.sin_addr.s_addr == 0)
		a = address_loopback(&family, address_port(&a));
	else if (a.any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&a.v6.sin6_addr))
		a = address_loopback(&family, address_port(&a));
	return pair_make_at(listener, &a);
}
