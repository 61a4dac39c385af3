/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes sockets on loopback. Any failure aborts the test program. */
#ifndef TCPTRAIL_TESTS_TCP_H
#define TCPTRAIL_TESTS_TCP_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: set-up failed: %s: %m\n", __FILE__, __LINE__,      \
			        #condition);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

struct pair {
	int client, server;
};

static inline void loopback_up(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	must(fd >= 0 && !ioctl(fd, SIOCSIFFLAGS, &request));
	close(fd);
}

/* Address of "::1", "127.0.0.1", "::ffff:127.0.0.1", "fe80::1" (of link0). */
static inline socklen_t address(const char *text, uint16_t port, struct sockaddr_storage *storage)
{
	struct sockaddr_in *v4 = (void *)storage;
	struct sockaddr_in6 *v6 = (void *)storage;

	memset(storage, 0, sizeof(*storage));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	must(inet_pton(AF_INET6, text, &v6->sin6_addr) == 1);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(port);
	if (IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr))
		v6->sin6_scope_id = if_nametoindex("link0");
	return sizeof(*v6);
}

static inline int tcp_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	must(fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	return fd;
}

static inline int tcp_listen(const char *text, uint16_t port, int backlog)
{
	struct sockaddr_storage storage;
	socklen_t size = address(text, port, &storage);
	int fd = tcp_socket(storage.ss_family);

	must(!bind(fd, (void *)&storage, size));
	must(!listen(fd, backlog));
	return fd;
}

/* port 0: the kernel chooses one. */
static inline int tcp_connect(const char *text, uint16_t port, uint16_t own, bool wait)
{
	struct sockaddr_storage to, from;
	socklen_t size = address(text, port, &to);
	int fd = tcp_socket(to.ss_family);

	size = address(text, own, &from);
	if (own)
		must(!bind(fd, (void *)&from, size));
	if (!wait)
		must(!fcntl(fd, F_SETFL, O_NONBLOCK));
	must(!connect(fd, (void *)&to, size) || !wait);
	return fd;
}

static inline struct pair tcp_pair(int listener, const char *text, uint16_t port, uint16_t own)
{
	struct pair pair = {.client = tcp_connect(text, port, own, true)};

	pair.server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	must(pair.server >= 0);
	return pair;
}

static inline uint16_t tcp_port(int fd)
{
	struct sockaddr_in6 name; /* the port is at the same place as in sockaddr_in */
	socklen_t size = sizeof(name);

	must(!getsockname(fd, (void *)&name, &size));
	return ntohs(name.sin6_port);
}

/* Waits until fd is in the state (TCP_*), two seconds at most. */
static inline void tcp_await(int fd, int state)
{
	struct tcp_info info;

	for (int i = 0; i < 2000; i++) {
		socklen_t size = sizeof(info);

		must(!getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size));
		if (info.tcpi_state == state)
			return;
		usleep(1000);
	}
	must(!"socket does not reach the state");
}

#endif
