/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MPTCP: the socket of the fd (protocol 262) does not have TCP's states. Its subflows do, which
 * have no fd. Both have the same addresses here.
 */
#include "mptcp.h"
#include "endpoint.h"
#include "util.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static int mptcp_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);

	if (fd < 0)
		skip("no MPTCP here: %s", strerror(errno));
	return sock_keep(fd);
}

int mptcp_listen(const struct options *o)
{
	union address a = address_loopback(o, o->port);
	int fd = mptcp_socket(a.any.sa_family);

	if (bind(fd, &a.any, address_len(&a)) || listen(fd, 4096))
		die_errno("cannot listen by MPTCP");
	return fd;
}

int mptcp_connect(const union address *a)
{
	int fd = mptcp_socket(a->any.sa_family);

	if (connect(fd, &a->any, address_len(a)))
		die_errno("cannot connect by MPTCP");
	return fd;
}

static void say_subflow(const struct endpoint *msk, const struct endpoint *other)
{
	struct endpoint e = endpoint_across(msk->side, other);

	endpoint_await(&e, TCP_ESTABLISHED);
	endpoint_say_more(&e, "subflow", "proto=tcp msk_cookie=%llu",
	                  (unsigned long long)msk->cookie);
}

static void mptcp_stand(const struct options *o)
{
	struct endpoint l = endpoint_of("listen", mptcp_listen(o));

	endpoint_say_more(&l, "listener", "proto=mptcp");
	for (long i = 0; i < o->count; i++) {
		struct endpoint a =
			endpoint_of("active", o->plain_client ? sock_connect(&l.local)
		                                              : mptcp_connect(&l.local));
		struct endpoint p = endpoint_of("passive", sock_accept(l.fd));

		endpoint_say_more(&p, "subject", "proto=%s", o->plain_client ? "tcp" : "mptcp");
		endpoint_say_more(&a, "subject", "proto=%s", o->plain_client ? "tcp" : "mptcp");
		if (!o->plain_client) {
			say_subflow(&p, &a);
			say_subflow(&a, &p);
		}
	}
}

static const struct scenario rows[] = {
	{"mptcp", "count plain-client ipv6 mapped port", "MPTCP connections and their subflows",
         mptcp_stand, false, 0},
};

const struct scenario_group mptcp_group = {rows, ARRAY_SIZE(rows)};
