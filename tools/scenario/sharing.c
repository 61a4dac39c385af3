/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets whose holders are not their creators. */
#include "child.h"
#include "endpoint.h"
#include "util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct endpoint say_listener(int listener)
{
	struct endpoint l = endpoint_of("listen", listener);

	endpoint_say(&l, "listener");
	return l;
}

static void fork_child(const struct options *o, void *arg)
{
	const struct endpoint *parents = arg;

	for (long i = 0; i < o->count; i++) {
		struct endpoint e = endpoint_of("passive", parents[i].fd);

		endpoint_say_more(&e, "holder", "holder=child");
	}
}

static void fork_stand(const struct options *o)
{
	int listener = sock_listen(o, 4096);
	struct endpoint *passive = NULL;
	struct child c;

	say_listener(listener);
	for (long i = 0; i < o->count; i++) {
		struct pair p = pair_make(listener);

		passive = grow(passive, i, sizeof(*passive));
		passive[i] = p.passive;
		endpoint_say(&p.active, "peer");
	}
	c = child_start(fork_child, o, passive, CHILD_KEEPS_SOCKETS);
	child_await(&c);
	for (long i = 0; i < o->count; i++) {
		if (o->parent_closes)
			endpoint_close(&passive[i]);
		else
			endpoint_say_more(&passive[i], "holder", "holder=parent");
	}
	free(passive);
}

union descriptor_room {
	struct cmsghdr align;
	char room[CMSG_SPACE(sizeof(int))];
};

static void descriptor_send(int through, int fd)
{
	union descriptor_room control = {0};
	struct iovec byte = {.iov_base = "", .iov_len = 1};
	struct msghdr msg = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (sendmsg(through, &msg, 0) != 1)
		die_errno("cannot send a descriptor");
}

static int descriptor_receive(int through)
{
	union descriptor_room control = {0};
	char room;
	struct iovec byte = {.iov_base = &room, .iov_len = 1};
	struct msghdr msg = {
		.msg_iov = &byte,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(through, &msg, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&msg))
		die_errno("cannot receive a descriptor");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return sock_keep(fd);
}

static void scm_rights_child(const struct options *o, void *arg)
{
	int through = *(int *)arg;

	for (long i = 0; i < o->count; i++) {
		struct endpoint e = endpoint_of("passive", descriptor_receive(through));

		endpoint_say_more(&e, "holder", "holder=receiver");
	}
}

static void scm_rights_stand(const struct options *o)
{
	int listener, ends[2];
	struct child c = {0};

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		die_errno("cannot make a socket pair");
	if (!o->in_flight)
		c = child_start(scm_rights_child, o, &ends[1], CHILD_KEEPS_SOCKETS);
	listener = sock_listen(o, 4096);
	say_listener(listener);
	for (long i = 0; i < o->count; i++) {
		struct pair p = pair_make(listener);

		endpoint_say(&p.active, "peer");
		descriptor_send(ends[0], p.passive.fd);
		endpoint_close(&p.passive);
		if (o->in_flight)
			endpoint_say_more(&p.passive, "holder", "holder=in-flight");
	}
	if (!o->in_flight)
		child_await(&c);
}

static void prefork_worker(const struct options *o, void *arg)
{
	int listener = *(int *)arg;
	struct endpoint l = endpoint_of("listen", listener);

	endpoint_say_more(&l, "holder", "holder=worker");
	child_report();
	for (long i = 0; i < o->count; i++) {
		struct endpoint e = endpoint_of("passive", sock_accept(listener));

		endpoint_say_more(&e, "subject", "holder=worker");
	}
}

/* The kernel decides which worker gets a connection; each worker stops at --count. */
static void prefork_stand(const struct options *o)
{
	int listener = sock_listen(o, 4096);
	struct endpoint l = say_listener(listener);
	struct child workers[64];

	for (long i = 0; i < o->workers; i++) {
		workers[i] = child_start(prefork_worker, o, &listener, CHILD_KEEPS_SOCKETS);
		child_await(&workers[i]);
	}
	for (long i = 0; i < o->workers * o->count; i++) {
		struct endpoint e = endpoint_of("active", sock_connect(&l.local));

		endpoint_await(&e, TCP_ESTABLISHED);
		endpoint_say(&e, "peer");
	}
	for (long i = 0; i < o->workers; i++)
		child_await(&workers[i]);
}

#define PLACE "ipv6 mapped port"

static const struct scenario rows[] = {
	{"fork", "count parent-closes any " PLACE, "accepted sockets that a child holds too",
         fork_stand, false, 0},
	{"scm_rights", "count in-flight any " PLACE,
         "accepted sockets passed to another process and closed here", scm_rights_stand, false, 0},
	{"prefork", "count workers " PLACE, "workers that share a listener and accept --count each",
         prefork_stand, false, 0},
};

const struct scenario_group share_group = {rows, ARRAY_SIZE(rows)};
