/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts the processes that read stacks, and takes away the privileges that they do not need. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enrich/opener.h"
#include "enrich/sandbox.h"
#include "enrich/stack_reader.h"

#define READER_MEMORY (2ULL << 30)   /* what the largest debug information needs */
#define READER_FILES  4096           /* for 64 processes with their libraries */
#define OPENER_MEMORY (512ULL << 20) /* for the mappings of 64 processes */
#define OPENER_FILES  64
#define CHECK_MS      10000 /* ms; setting up a sandbox takes some */

/* Some programs start us with stdin, stdout or stderr closed, so an fd may have such a number. */
static bool move_above_stderr(int *fd)
{
	int moved = *fd < 3 ? fcntl(*fd, F_DUPFD_CLOEXEC, 3) : *fd;

	if (moved < 0)
		return false;
	*fd = moved;
	return true;
}

static bool begin_process(const char *name, pid_t parent, int *keep, int count)
{
	for (int i = 0; i < count; i++)
		if (!move_above_stderr(&keep[i]))
			return false;
	prctl(PR_SET_NAME, name);
	for (int number = 1; number < 32; number++)
		signal(number, SIG_DFL);
	signal(SIGINT, SIG_IGN); /* Ctrl-C: the parent ends this process when it has all stacks */
	signal(SIGTERM, SIG_IGN);
	return sandbox_keep_fds(keep, count) && sandbox_die_with_parent(parent);
}

static void run_reader(int socket, int opener, pid_t parent, const struct crash_list *crashes)
{
	int keep[2] = {socket, opener}, memory;

	if (!begin_process("tcptrail-stacks", parent, keep, 2))
		_exit(1);
	memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	sandbox_limit(READER_MEMORY, READER_FILES);
	if (memory < 0 || sandbox_enter())
		_exit(1);
	stack_reader_run(keep[0], memory, keep[1], crashes);
	_exit(0);
}

static void run_opener(int socket, pid_t parent, const struct crash_list *crashes)
{
	pid_t own = getpid();
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		_exit(1);
	switch (fork()) {
	case -1:
		_exit(1);
	case 0:
		run_reader(socket, ends[1], own, crashes);
	}
	if (!begin_process("tcptrail-opener", parent, ends, 1))
		_exit(1);
	sandbox_limit(OPENER_MEMORY, OPENER_FILES);
	opener_serve(ends[0]);
	_exit(0);
}

static void try_sandbox(int report)
{
	int err;

	sandbox_limit(READER_MEMORY, READER_FILES);
	err = sandbox_enter();
	_exit(write(report, &err, sizeof(err)) == sizeof(err) ? 0 : 1);
}

int stack_reader_check(void)
{
	struct pollfd report = {.events = POLLIN};
	int ends[2], err = -EPERM; /* if the child is killed, it reports nothing */
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	child = fork();
	if (!child)
		try_sandbox(ends[1]);
	close(ends[1]);
	report.fd = ends[0];
	if (child < 0)
		err = -errno;
	else if (poll(&report, 1, CHECK_MS) < 1)
		err = -ETIMEDOUT;
	else if (read(ends[0], &err, sizeof(err)) < 0)
		err = -errno;
	close(ends[0]);
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	return err;
}

int stack_reader_start(const struct crash_list *crashes, pid_t *opener, int *socket)
{
	pid_t parent = getpid(), child;
	int ends[2], err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	child = fork();
	if (!child)
		run_opener(ends[1], parent, crashes);
	err = child < 0 ? -errno : 0;
	close(ends[1]);
	if (err) {
		close(ends[0]);
		return err;
	}
	*socket = ends[0];
	*opener = child;
	return 0;
}
