/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets whose creator or holder is hard to tell. */
#define _GNU_SOURCE 1
#include "child.h"
#include "endpoint.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* ---- dup: several fds of one process */

static void dup_stand(const struct options *o)
{
	struct endpoint l = endpoint_of("listen", sock_listen(o, 4096));
	struct pair p = pair_make(l.fd);

	endpoint_say(&l, "listener");
	endpoint_say(&p.active, "peer");
	endpoint_say(&p.passive, "holder");
	for (long i = 0; i < o->count; i++) {
		struct endpoint more = p.passive;

		more.fd = fcntl(p.passive.fd, F_DUPFD_CLOEXEC, 0);
		if (more.fd < 0)
			die_errno("cannot duplicate a descriptor");
		sock_keep(more.fd);
		endpoint_say(&more, "holder");
	}
}

/* ---- threads: each of listen, connect and accept by a thread that has a name, and goes on */

struct threads {
	const struct options *o;
	int listener, active, passive;
	union address server;
	pid_t tid;
	sem_t done;
};

static void *thread_go_on(struct threads *t)
{
	t->tid = gettid();
	sem_post(&t->done);
	while (pause())
		;
	return NULL;
}

static void *thread_listen(void *arg)
{
	struct threads *t = arg;

	prctl(PR_SET_NAME, "listening");
	t->listener = sock_listen(t->o, 4096);
	return thread_go_on(t);
}

static void *thread_connect(void *arg)
{
	struct threads *t = arg;

	prctl(PR_SET_NAME, "connecting");
	t->active = sock_connect(&t->server);
	return thread_go_on(t);
}

static void *thread_accept(void *arg)
{
	struct threads *t = arg;

	prctl(PR_SET_NAME, "accepting");
	t->passive = sock_accept(t->listener);
	return thread_go_on(t);
}

/* Starts a thread and waits until it has done its part. Returns its tid. */
static pid_t thread_run(struct threads *t, void *(*fn)(void *))
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, fn, t);
	if (errno)
		die_errno("cannot start a thread");
	pthread_detach(thread);
	while (sem_wait(&t->done))
		;
	return t->tid;
}

static void thread_say(const char *side, int fd, const char *role, pid_t tid, const char *thread)
{
	struct endpoint e = endpoint_of(side, fd);

	endpoint_say_more(&e, role, "tid=%d thread=%s", tid, thread);
}

static void threads_stand(const struct options *o)
{
	static struct threads t; /* the threads outlive this function */
	pid_t tid;

	t.o = o;
	sem_init(&t.done, 0, 0);
	tid = thread_run(&t, thread_listen);
	t.server = sock_local(t.listener);
	thread_say("listen", t.listener, "listener", tid, "listening");
	tid = thread_run(&t, thread_connect);
	thread_say("active", t.active, "peer", tid, "connecting");
	tid = thread_run(&t, thread_accept);
	thread_say("passive", t.passive, "subject", tid, "accepting");
}

/* ---- exec: who made it runs another program by now */

static void keep_over_exec(const struct endpoint *e, const char *role)
{
	if (fcntl(e->fd, F_SETFD, 0))
		die_errno("cannot clear FD_CLOEXEC");
	endpoint_say(e, role);
}

static void exec_child(const struct options *o, void *arg)
{
	struct endpoint l = endpoint_of("listen", sock_listen(o, 4096));
	struct pair p = pair_make(l.fd);

	(void)arg;
	keep_over_exec(&l, "listener");
	keep_over_exec(&p.active, "peer");
	keep_over_exec(&p.passive, "subject");
	child_exec_cat();
}

static bool process_is(pid_t pid, const char *comm)
{
	char path[64], name[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (!f)
		die_errno("cannot open %s", path);
	if (fgets(name, sizeof(name), f))
		name[strcspn(name, "\n")] = '\0';
	fclose(f);
	return !strcmp(name, comm);
}

static void exec_stand(const struct options *o)
{
	struct child c = child_start(exec_child, o, NULL, CHILD_DROPS_SOCKETS);
	int64_t deadline = now_ms() + PATIENCE_MS;

	child_await(&c);
	while (!process_is(c.pid, "cat")) {
		if (now_ms() > deadline)
			die("cat does not start");
		nap();
	}
}

/* ---- vanish: who made it is gone, a process that it forked has it */

static void vanish_child(const struct options *o, void *arg)
{
	struct endpoint l = endpoint_of("listen", sock_listen(o, 4096));
	struct pair p = pair_make(l.fd);
	struct endpoint *const all[] = {&l, &p.active, &p.passive};
	static const char *const roles[] = {"listener", "peer", "subject"};
	pid_t heir = child_heir("heir");

	(void)arg;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		all[i]->pid = heir;
		endpoint_say_more(all[i], roles[i], "made_by=%d", getpid());
	}
	child_leave(o->kill);
}

static void vanish_stand(const struct options *o)
{
	struct child c = child_start(vanish_child, o, NULL, CHILD_DROPS_SOCKETS);

	child_await_end(&c);
}

/* ---- leave: a process has ended, its connections have not */

struct leaver {
	int listener;
	union address server;
};

static void leave_child(const struct options *o, void *arg)
{
	const struct leaver *l = arg;

	for (long i = 0; i < o->count; i++) {
		if (o->passive)
			sock_accept(l->listener);
		else
			sock_connect(&l->server);
	}
	child_report();
	child_hear();
	child_leave(o->kill);
}

/* A socket of the process that leaves, and ours at the other end. */
static void leave_say(const struct options *o, struct endpoint *other, pid_t leaver)
{
	struct endpoint e = endpoint_across(o->passive ? "passive" : "active", other);

	endpoint_await(&e, TCP_FIN_WAIT2);
	if (o->peer_closed) {
		endpoint_close(other);
		endpoint_await(&e, TCP_TIME_WAIT);
	}
	endpoint_say_more(&e, "subject", "made_by=%d", leaver);
	endpoint_say_more(other, "peer", "made_by=%d", getpid());
}

static void leave_stand(const struct options *o)
{
	struct leaver l = {.listener = sock_listen(o, 4096)};
	struct endpoint listener = endpoint_of("listen", l.listener), *others = NULL;
	struct child c;

	l.server = listener.local;
	endpoint_say(&listener, "listener");
	c = child_start(leave_child, o, &l, CHILD_KEEPS_SOCKETS);
	for (long i = 0; i < o->count; i++) {
		int fd = o->passive ? sock_connect(&l.server) : sock_accept(l.listener);

		others = grow(others, i, sizeof(*others));
		others[i] = endpoint_of(o->passive ? "active" : "passive", fd);
	}
	child_await(&c);
	child_tell(&c);
	child_await_end(&c);
	for (long i = 0; i < o->count; i++)
		leave_say(o, &others[i], c.pid);
	free(others);
}

#define PLACE "ipv6 mapped port"

static const struct scenario rows[] = {
	{"dup", "count any " PLACE, "an accepted socket on --count more fds of its process",
         dup_stand, false, 2},
	{"threads", "any " PLACE, "listen, connect and accept each by a thread with a name",
         threads_stand, false, 0},
	{"exec", "any " PLACE, "listener and both ends, held after their creator called exec",
         exec_stand, false, 0},
	{"vanish", "kill any " PLACE,
         "listener and both ends held by a child of who made them and is gone", vanish_stand, false,
         0},
	{"leave", "count kill passive peer-closed " PLACE,
         "the client's process is gone: FIN_WAIT2, or TIME_WAIT; --passive: the one that accepted",
         leave_stand, false, 0},
};

const struct scenario_group own_group = {rows, ARRAY_SIZE(rows)};
