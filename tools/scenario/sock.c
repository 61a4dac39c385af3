/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include "sock.h"
#include "util.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The list for teardown; a closed fd leaves -1 in it. */
static struct {
	int *fds;
	size_t count;
} kept;

socklen_t address_len(const union address *a)
{
	return a->any.sa_family == AF_INET6 ? sizeof(a->v6) : sizeof(a->v4);
}

union address address_v4(const char *text, int port)
{
	union address a = {.v4 = {.sin_family = AF_INET, .sin_port = htons(port)}};

	if (inet_pton(AF_INET, text, &a.v4.sin_addr) != 1)
		die("bad address %s", text);
	return a;
}

union address address_loopback(const struct options *o, int port)
{
	union address a = {.v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)}};

	if (!o->ipv6 && !o->mapped)
		return address_v4("127.0.0.1", port);
	if (inet_pton(AF_INET6, o->mapped ? "::ffff:127.0.0.1" : "::1", &a.v6.sin6_addr) != 1)
		die("bad IPv6 loopback address");
	return a;
}

int address_port(const union address *a)
{
	return ntohs(a->any.sa_family == AF_INET6 ? a->v6.sin6_port : a->v4.sin_port);
}

const char *address_text(const union address *a, char text[ADDRESS_TEXT])
{
	char host[INET6_ADDRSTRLEN];

	if (a->any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a->v6.sin6_addr, host, sizeof(host));
		snprintf(text, ADDRESS_TEXT, "[%s]:%d", host, address_port(a));
	} else {
		inet_ntop(AF_INET, &a->v4.sin_addr, host, sizeof(host));
		snprintf(text, ADDRESS_TEXT, "%s:%d", host, address_port(a));
	}
	return text;
}

int sock_keep(int fd)
{
	kept.fds = grow(kept.fds, kept.count, sizeof(*kept.fds));
	kept.fds[kept.count++] = fd;
	return fd;
}

/* No call on a socket may hang a test: 90 s is more than loopback takes, even on a busy host. */
static void sock_bound_time(int fd)
{
	struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)))
		die_errno("cannot set socket timeouts");
}

int sock_new(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);

	if (fd < 0)
		die_errno("cannot make a socket");
	sock_bound_time(fd);
	return sock_keep(fd);
}

int sock_bound(const union address *local)
{
	int fd = sock_new(local->any.sa_family);
	char text[ADDRESS_TEXT];

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int)))
		die_errno("cannot set SO_REUSEADDR");
	if (bind(fd, &local->any, address_len(local)))
		die_errno("cannot bind to %s", address_text(local, text));
	return fd;
}

int sock_listen_at(const union address *local, int backlog)
{
	int fd = sock_bound(local);

	if (listen(fd, backlog))
		die_errno("cannot listen");
	return fd;
}

int sock_listen(const struct options *o, int backlog)
{
	union address a = address_loopback(o, o->port);

	if (o->any && a.any.sa_family == AF_INET6)
		a.v6.sin6_addr = in6addr_any;
	else if (o->any)
		a.v4.sin_addr.s_addr = htonl(INADDR_ANY);
	return sock_listen_at(&a, backlog);
}

int sock_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		die_errno("cannot accept");
	sock_bound_time(fd);
	return sock_keep(fd);
}

int sock_connect(const union address *remote)
{
	int fd = sock_new(remote->any.sa_family);
	char text[ADDRESS_TEXT];

	if (connect(fd, &remote->any, address_len(remote)))
		die_errno("cannot connect to %s", address_text(remote, text));
	return fd;
}

static void sock_block(int fd, bool block)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, block ? flags & ~O_NONBLOCK : flags | O_NONBLOCK))
		die_errno("cannot change O_NONBLOCK");
}

int sock_connect_start(int fd, const union address *remote)
{
	char text[ADDRESS_TEXT];

	if (fd < 0)
		fd = sock_new(remote->any.sa_family);
	sock_block(fd, false);
	if (connect(fd, &remote->any, address_len(remote)) && errno != EINPROGRESS)
		die_errno("cannot start to connect to %s", address_text(remote, text));
	sock_block(fd, true);
	return fd;
}

static void sock_attach(int fd, struct sock_filter *code, unsigned short len)
{
	struct sock_fprog program = {.len = len, .filter = code};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)))
		die_errno("cannot attach a socket filter");
}

/* Offsets start at the TCP header: there the packet begins for the filter of a TCP socket. */
#define TCP_OFFSET_SEQ   4
#define TCP_OFFSET_FLAGS 13

void sock_lose(int fd, enum loss what)
{
	struct sock_filter all[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	struct sock_filter rst[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, TCP_OFFSET_FLAGS),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x04, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_filter all_but_syn[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, TCP_OFFSET_FLAGS),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x02, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};

	switch (what) {
	case LOSE_ALL:
		return sock_attach(fd, all, ARRAY_SIZE(all));
	case LOSE_RST:
		return sock_attach(fd, rst, ARRAY_SIZE(rst));
	case LOSE_ALL_BUT_SYN:
		return sock_attach(fd, all_but_syn, ARRAY_SIZE(all_but_syn));
	}
}

void sock_hear(int fd)
{
	if (setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &(int){0}, sizeof(int)) && errno != ENOENT)
		die_errno("cannot detach a socket filter");
}

union address sock_local(int fd)
{
	union address a = {0};

	if (getsockname(fd, &a.any, &(socklen_t){sizeof(a)}))
		die_errno("cannot get a socket's address");
	return a;
}

union address sock_remote(int fd)
{
	union address a = {0};

	if (getpeername(fd, &a.any, &(socklen_t){sizeof(a)})) {
		if (errno != ENOTCONN)
			die_errno("cannot get a socket's peer");
		a.any.sa_family = sock_local(fd).any.sa_family;
	}
	return a;
}

void sock_send(int fd, size_t bytes)
{
	char data[4096];

	memset(data, 'x', sizeof(data));
	while (bytes) {
		ssize_t n =
			send(fd, data, bytes < sizeof(data) ? bytes : sizeof(data), MSG_NOSIGNAL);

		if (n < 0)
			die_errno("cannot send");
		bytes -= n;
	}
}

void sock_shut(int fd)
{
	if (shutdown(fd, SHUT_WR))
		die_errno("cannot shut a socket down");
}

void sock_close(int fd)
{
	/* Newest first: a scenario mostly closes what it has made last. */
	for (size_t i = kept.count; i-- > 0;) {
		if (kept.fds[i] == fd) {
			kept.fds[i] = -1;
			if (i == kept.count - 1)
				kept.count--;
			break;
		}
	}
	if (close(fd))
		die_errno("cannot close a socket");
}

void sock_linger0(int fd)
{
	struct linger linger = {.l_onoff = 1, .l_linger = 0};

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		die_errno("cannot set SO_LINGER");
}

void sock_forget_all(void)
{
	for (size_t i = 0; i < kept.count; i++) {
		if (kept.fds[i] >= 0)
			close(kept.fds[i]);
	}
	free(kept.fds);
	kept.fds = NULL;
	kept.count = 0;
}

void sock_teardown_all(void)
{
	/*
	 * Lift all losses before the first RST is sent: an orphan has no fd, and only the RST of
	 * its peer ends it before its retransmits do, minutes later.
	 */
	for (size_t i = 0; i < kept.count; i++) {
		struct linger reset = {.l_onoff = 1};

		/* This may fail: not every kind of socket knows both options. */
		setsockopt(kept.fds[i], SOL_SOCKET, SO_DETACH_FILTER, &(int){0}, sizeof(int));
		setsockopt(kept.fds[i], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	}
	sock_forget_all();
}
