/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Holders from /proc, of sockets in a network namespace of the test, so that all of them are known.
 * The walk finds each (pid, fd) that the test makes once, and nothing else. ss(8), which walks over
 * /proc too, prints the same. Needs root.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "enrich/procfd.h"
#include "tcp.h"

#define COUNT_MAX 4096

struct holding {
	uint32_t pid;
	int fd;
	uint32_t inode;
};

/* What a walk, or ss, has found. */
struct list {
	struct holding at[COUNT_MAX];
	size_t count;
};

static void note(uint32_t pid, int fd, uint32_t inode, void *arg)
{
	struct list *list = arg;

	must(list->count < COUNT_MAX);
	list->at[list->count++] = (struct holding){pid, fd, inode};
}

static unsigned int walk(struct list *list)
{
	unsigned int unreadable = 4711;

	list->count = 0;
	assert_int_equal(procfd_walk(note, list, &unreadable), 0);
	return unreadable;
}

static uint32_t inode_of(int fd)
{
	struct stat st;

	must(!fstat(fd, &st));
	return st.st_ino;
}

static size_t count(const struct list *list, uint32_t pid, int fd, uint32_t inode)
{
	size_t found = 0;

	for (size_t i = 0; i < list->count; i++)
		found += list->at[i].pid == pid && list->at[i].fd == fd &&
		         list->at[i].inode == inode;
	return found;
}

static size_t count_inode(const struct list *list, uint32_t inode)
{
	size_t found = 0;

	for (size_t i = 0; i < list->count; i++)
		found += list->at[i].inode == inode;
	return found;
}

/* Starts a child that inherits our files, as uid (0: stays root), until child_end(). */
static pid_t child_start(uid_t uid)
{
	int ready[2];
	char byte;
	pid_t pid;

	must(!pipe2(ready, O_CLOEXEC));
	pid = fork();
	must(pid >= 0);
	if (!pid) {
		must(!uid || !setresuid(uid, uid, uid));
		must(!prctl(PR_SET_PDEATHSIG, SIGKILL));
		must(write(ready[1], "", 1) == 1);
		for (;;)
			pause();
	}
	must(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void child_end(pid_t pid)
{
	must(!kill(pid, SIGKILL));
	must(waitpid(pid, NULL, 0) == pid);
}

static void own_are_found_once(void **state)
{
	int listener = tcp_listen("127.0.0.1", 0, 4);
	struct pair pair = tcp_pair(listener, "127.0.0.1", tcp_port(listener), 0);
	int fresh = tcp_socket(AF_INET6), file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const int fds[] = {listener, pair.client, pair.server, fresh};
	struct list *list = *state;

	walk(list);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(count(list, getpid(), fds[i], inode_of(fds[i])), 1);
		assert_int_equal(count_inode(list, inode_of(fds[i])), 1);
	}
	assert_int_equal(count_inode(list, inode_of(file)), 0);
	for (size_t i = 0; i < 4; i++)
		close(fds[i]);
	close(file);
	walk(list);
	for (size_t i = 0; i < list->count; i++)
		assert_false(list->at[i].pid == (uint32_t)getpid() && list->at[i].fd == listener);
}

static void all_holders_of_one(void **state)
{
	int fd = tcp_listen("127.0.0.1", 0, 4), copy = fcntl(fd, F_DUPFD_CLOEXEC, 900);
	pid_t heir = child_start(0), other = child_start(65534);
	uint32_t inode = inode_of(fd);
	struct list *list = *state;

	must(copy >= 900);
	walk(list);
	assert_int_equal(count(list, getpid(), fd, inode), 1);
	assert_int_equal(count(list, getpid(), copy, inode), 1);
	assert_int_equal(count(list, heir, fd, inode), 1);
	assert_int_equal(count(list, heir, copy, inode), 1);
	assert_int_equal(count(list, other, fd, inode), 1);
	assert_int_equal(count(list, other, copy, inode), 1);
	assert_int_equal(count_inode(list, inode), 6);
	child_end(heir);
	child_end(other);
	walk(list);
	assert_int_equal(count_inode(list, inode), 2);
	close(fd);
	close(copy);
}

static void *wait_at(void *barrier)
{
	pthread_barrier_wait(barrier);
	pthread_barrier_wait(barrier);
	return NULL;
}

static void threads_are_not_holders(void **state)
{
	int fd = tcp_socket(AF_INET);
	struct list *list = *state;
	pthread_barrier_t barrier;
	pthread_t threads[3];

	pthread_barrier_init(&barrier, NULL, 4);
	for (size_t i = 0; i < 3; i++)
		must(!pthread_create(&threads[i], NULL, wait_at, &barrier));
	pthread_barrier_wait(&barrier);
	walk(list);
	assert_int_equal(count_inode(list, inode_of(fd)), 1);
	pthread_barrier_wait(&barrier);
	for (size_t i = 0; i < 3; i++)
		must(!pthread_join(threads[i], NULL));
	pthread_barrier_destroy(&barrier);
	close(fd);
}

/* Makes short-lived processes until it is killed. */
static void make_ends(void)
{
	must(!prctl(PR_SET_PDEATHSIG, SIGKILL));
	must(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
	for (;;) {
		for (int i = 0; i < 30; i++) {
			if (!fork()) {
				usleep(60 * i);
				_exit(0);
			}
		}
		usleep(1000);
	}
}

/* A process that ends between two steps of a walk must not end the walk. */
static void others_end_meanwhile(void **state)
{
	int fd = tcp_socket(AF_INET);
	struct list *list = *state;
	pid_t maker = fork();

	must(maker >= 0);
	if (!maker)
		make_ends();
	for (int i = 0; i < 1000; i++) {
		walk(list);
		assert_int_equal(count(list, getpid(), fd, inode_of(fd)), 1);
	}
	child_end(maker);
	close(fd);
}

/* An ordinary user sees its own processes, and how many it may not read. */
static void look_unprivileged(struct list *list, pid_t root, int fd)
{
	uint32_t inode = inode_of(fd);
	int own;

	must(!setresgid(65534, 65534, 65534) && !setresuid(65534, 65534, 65534));
	own = tcp_socket(AF_INET);
	must(walk(list) == 2); /* init and root's process, but not the zombie */
	must(count(list, getpid(), own, inode_of(own)) == 1);
	must(count(list, getpid(), fd, inode) == 1);
	must(count(list, 1, fd, inode) == 0);
	must(count(list, root, fd, inode) == 0);
	must(list->count == 2);
}

/* Process 1 of a pid namespace without other processes. */
static void live_with_others(struct list *list)
{
	pid_t root, zombie, looker;
	siginfo_t ended;
	int fd, status;

	must(!mount("proc", "/proc", "proc", 0, NULL));
	close_range(3, ~0U, 0);
	fd = tcp_socket(AF_INET);
	root = child_start(0);
	zombie = fork();
	if (!zombie)
		_exit(0);
	must(!waitid(P_PID, zombie, &ended, WEXITED | WNOWAIT));
	looker = fork();
	if (!looker) {
		look_unprivileged(list, root, fd);
		_exit(0);
	}
	must(waitpid(looker, &status, 0) == looker && !status);
	must(walk(list) == 0 && count(list, root, fd, inode_of(fd)) == 1);
}

static void unreadable_are_counted(void **state)
{
	pid_t outer = fork(), init;
	int status;

	must(outer >= 0);
	if (!outer) {
		must(!unshare(CLONE_NEWPID | CLONE_NEWNS));
		must(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
		init = fork();
		if (!init) {
			live_with_others(*state);
			_exit(0);
		}
		must(waitpid(init, &status, 0) == init);
		_exit(status != 0);
	}
	must(waitpid(outer, &status, 0) == outer);
	assert_int_equal(status, 0);
}

/* ... users:(("nginx",pid=7,fd=3),("nginx",pid=8,fd=3)) ino:4242 sk:1 ... */
static void note_line(struct list *list, const char *line)
{
	const char *ino = strstr(line, " ino:");
	struct holding holding;

	if (!ino || sscanf(ino, " ino:%u", &holding.inode) != 1)
		return;
	for (const char *at = line; (at = strstr(at, "pid=")); at++) {
		must(sscanf(at, "pid=%u,fd=%d", &holding.pid, &holding.fd) == 2);
		note(holding.pid, holding.fd, holding.inode, list);
	}
}

static void ask_ss(struct list *list)
{
	FILE *ss = popen("ss -Htanpe", "re");
	char *line = NULL;
	size_t room = 0;

	must(ss);
	list->count = 0;
	while (getline(&line, &room, ss) > 0)
		note_line(list, line);
	free(line);
	must(!pclose(ss));
}

static void ss_says_the_same(void **state)
{
	int listener = tcp_listen("127.0.0.1", 0, 4), copy;
	struct pair pair = tcp_pair(listener, "127.0.0.1", tcp_port(listener), 0);
	pid_t heir = child_start(0), other = child_start(65534);
	struct list *list = *state;
	static struct list ss;

	copy = fcntl(pair.server, F_DUPFD_CLOEXEC, 700);
	must(copy >= 700);
	ask_ss(&ss);
	walk(list);
	assert_int_equal(ss.count, 10); /* 3 sockets of 3 processes, and the copy */
	for (size_t i = 0; i < ss.count; i++) {
		const struct holding *at = &ss.at[i];

		assert_int_equal(count(list, at->pid, at->fd, at->inode), 1);
		assert_int_equal(count_inode(list, at->inode), count_inode(&ss, at->inode));
	}
	child_end(heir);
	child_end(other);
	close(listener);
	close(pair.client);
	close(pair.server);
	close(copy);
}

static int set_up(void **state)
{
	static struct list list;

	*state = &list;
	must(!unshare(CLONE_NEWNET));
	loopback_up();
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_are_found_once),      cmocka_unit_test(all_holders_of_one),
		cmocka_unit_test(threads_are_not_holders), cmocka_unit_test(others_end_meanwhile),
		cmocka_unit_test(unreadable_are_counted),  cmocka_unit_test(ss_says_the_same),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
