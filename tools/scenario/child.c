/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"
#include "sock.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	struct child *all;
	size_t count;
} children;

/* In a child: the ends that it owns. */
static int from_parent = -1;
static int to_parent = -1;

void child_report(void)
{
	if (write(to_parent, "", 1) != 1)
		_exit(EXIT_FAILURE); /* the parent is gone */
}

void child_hear(void)
{
	char byte;

	if (read(from_parent, &byte, 1) != 1)
		_exit(EXIT_FAILURE);
}

/* Close the pipes of older siblings: otherwise those would never see EOF. */
static void child_forget_siblings(void)
{
	for (size_t i = 0; i < children.count; i++) {
		close(children.all[i].control);
		close(children.all[i].status);
	}
	free(children.all);
	children.all = NULL;
	children.count = 0;
}

static void __attribute__((noreturn))
child_main(child_fn *fn, const struct options *o, void *arg, enum inheritance keep, pid_t parent)
{
	char byte;

	/* The parent may have died before prctl() took effect. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(EXIT_FAILURE);
	child_forget_siblings();
	if (keep == CHILD_DROPS_SOCKETS)
		sock_forget_all();
	fn(o, arg);
	child_report();
	while (read(from_parent, &byte, 1) > 0)
		;
	child_end_all();
	sock_teardown_all();
	_exit(EXIT_SUCCESS);
}

struct child child_start(child_fn *fn, const struct options *o, void *arg, enum inheritance keep)
{
	int down[2], up[2];
	pid_t parent = getpid();
	struct child c;

	if (pipe(down) || pipe(up))
		die_errno("cannot make a pipe");
	c = (struct child){.pid = fork(), .control = down[1], .status = up[0]};
	if (c.pid < 0)
		die_errno("cannot fork");
	if (c.pid == 0) {
		close(down[1]);
		close(up[0]);
		from_parent = down[0];
		to_parent = up[1];
		child_main(fn, o, arg, keep, parent);
	}
	close(down[0]);
	close(up[1]);
	children.all = grow(children.all, children.count, sizeof(c));
	children.all[children.count++] = c;
	return c;
}

void child_tell(const struct child *c)
{
	if (write(c->control, "", 1) != 1)
		die_errno("cannot signal process %d to continue", c->pid);
}

bool child_await_ms(const struct child *c, int timeout_ms)
{
	struct pollfd fd = {.fd = c->status, .events = POLLIN};

	if (poll(&fd, 1, timeout_ms) == 0)
		return false;
	child_await(c);
	return true;
}

void child_await(const struct child *c)
{
	char byte;
	int status;

	if (read(c->status, &byte, 1) == 1)
		return;
	if (waitpid(c->pid, &status, 0) == c->pid && WIFEXITED(status))
		_exit(WEXITSTATUS(status)); /* it has printed why, and 77 means the same here */
	die("process %d died", c->pid);
}

void child_await_end(const struct child *c)
{
	int status;

	if (waitpid(c->pid, &status, 0) != c->pid)
		die_errno("cannot wait for process %d", c->pid);
	if (WIFEXITED(status) && WEXITSTATUS(status))
		_exit(WEXITSTATUS(status)); /* it has printed why */
	for (size_t i = 0; i < children.count; i++) {
		if (children.all[i].pid == c->pid)
			children.all[i].pid = 0; /* its heir still reads the pipe */
	}
}

pid_t child_heir(const char *name)
{
	pid_t pid = fork();
	char byte;

	if (pid < 0)
		die_errno("cannot fork");
	if (pid)
		return pid;
	prctl(PR_SET_NAME, name);
	while (read(from_parent, &byte, 1) > 0)
		;
	sock_teardown_all();
	_exit(EXIT_SUCCESS);
}

void child_exec_cat(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null < 0 || dup2(from_parent, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		die_errno("cannot set up cat");
	child_report();
	execlp("cat", "cat", (char *)NULL);
	die_errno("cannot run cat");
}

void child_leave(bool killed)
{
	if (killed)
		raise(SIGKILL);
	_exit(EXIT_SUCCESS);
}

/* Close its pipe and wait: its own deadlines bound the time. */
static void child_reap(const struct child *c)
{
	int status;

	close(c->control);
	close(c->status);
	if (!c->pid)
		return;
	if (waitpid(c->pid, &status, 0) != c->pid)
		die_errno("cannot wait for process %d", c->pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		die("process %d failed (status %#x)", c->pid, status);
}

void child_end_all(void)
{
	while (children.count)
		child_reap(&children.all[--children.count]);
	free(children.all);
	children.all = NULL;
}
