/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An endpoint is one side of a connection, with what tests must know of it. Its addresses, cookie,
 * inode and namespace are read while it has an fd, and are still known when it has none.
 */
#ifndef SCENARIO_ENDPOINT_H
#define SCENARIO_ENDPOINT_H

#include "sock.h"

#include <netinet/tcp.h> /* the state names */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct endpoint {
	const char *side; /* active: it connected; passive: it was connected to; listen; none */
	int fd;           /* -1: nobody holds it */
	pid_t pid;
	int nsfd;
	union address local;
	union address remote;
	uint64_t cookie;
	uint64_t inode;
};

struct pair {
	struct endpoint active;
	struct endpoint passive;
};

struct endpoint endpoint_of(const char *side, int fd);
/*
 * The other end of an endpoint, for a socket without an fd: a request socket, or one in the accept
 * queue.
 */
struct endpoint endpoint_across(const char *side, const struct endpoint *other);

struct tcp_info endpoint_info(const struct endpoint *e);
int endpoint_state(const struct endpoint *e); /* 0: the kernel has no such socket */
void endpoint_await(const struct endpoint *e, int state);
void endpoint_await_error(const struct endpoint *e, int timeout_ms); /* waits until CLOSE */
uint32_t endpoint_rq(const struct endpoint *e);                      /* a FIN counts as one */
void endpoint_await_rq(const struct endpoint *e, uint32_t rq);
const char *endpoint_error(const struct endpoint *e); /* name of SO_ERROR, which this clears */

void endpoint_close(struct endpoint *e);                           /* close() */
void endpoint_finish(const struct options *o, struct endpoint *e); /* close() or shutdown() */

/* side=active role=subject state=CLOSE_WAIT local=.. remote=.. pid=1 fd=5 netns=.. cookie=.. .. */
void endpoint_say(const struct endpoint *e, const char *role);
/* The same with more key=value pairs at the end. */
void endpoint_say_more(const struct endpoint *e, const char *role, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

struct pair pair_make(int listener);
struct pair pair_make_at(int listener, const union address *remote);

#endif
