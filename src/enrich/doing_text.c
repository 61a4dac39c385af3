/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/doing_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* On some machines a number has two names: the first one is used. */
static const struct {
	int number;
	const char *name;
} syscalls[] = {
#include "syscall_names.h" /* made by the Makefile: {__NR_read, "read"}, ... */
};

/* Syscalls whose first argument is an fd, and which may take long or show what a thread wants. */
static const char *const fd_syscalls[] = {
	"accept",      "accept4",     "bind",       "close",     "connect",      "copy_file_range",
	"epoll_ctl",   "epoll_pwait", "epoll_wait", "fallocate", "epoll_pwait2", "fcntl",
	"fdatasync",   "flock",       "fsync",      "ftruncate", "getdents64",   "getpeername",
	"getsockname", "getsockopt",  "ioctl",      "listen",    "pread64",      "io_uring_enter",
	"preadv",      "preadv2",     "pwrite64",   "pwritev",   "pwritev2",     "read",
	"readv",       "recvfrom",    "recvmmsg",   "recvmsg",   "sendfile",     "sendmmsg",
	"sendmsg",     "sendto",      "setsockopt", "shutdown",  "splice",       "sync_file_range",
	"syncfs",      "tee",         "vmsplice",   "write",     "writev",
};

/* Max open files            1024                 1048576              files */
int doing_parse_limit(const char *text, uint64_t *limit)
{
	static const char name[] = "Max open files ";
	const char *line = strstr(text, name);

	if (!line)
		return -EINVAL;
	line += strlen(name);
	line += strspn(line, " ");
	if (!strncmp(line, "unlimited ", strlen("unlimited ")))
		*limit = UINT64_MAX;
	else if (sscanf(line, "%" SCNu64, limit) != 1)
		return -EINVAL;
	return 0;
}

static const char *name_of(int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(syscalls); i++)
		if (syscalls[i].number == number)
			return syscalls[i].name;
	return NULL;
}

static bool takes_fd(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(fd_syscalls); i++)
		if (!strcmp(fd_syscalls[i], name))
			return true;
	return false;
}

/*
 * proc_pid_syscall() of fs/proc/base.c writes one of
 *
 *   running
 *   -1 0x7ffd10 0x7f5a43                   not in a syscall: stack and instruction pointer
 *   288 0x3 0x0 0x0 0x80000 0x0 0x0 0x7ffd10 0x7f5a43
 */
void doing_parse_syscall(const char *text, bool native, struct doing_group *group)
{
	struct doing_group one = {.fd = -1, .threads = 1};
	const char *name = "";
	uint64_t first;
	int number;

	if (!strcmp(text, "running\n"))
		name = "running";
	else if (sscanf(text, "%d %" SCNx64, &number, &first) == 2)
		name = number < 0 ? "none" : native ? name_of(number) : NULL;
	if (name)
		snprintf(one.syscall, sizeof(one.syscall), "%s", name);
	else
		snprintf(one.syscall, sizeof(one.syscall), "syscall %d", number);
	if (name && takes_fd(name))
		one.fd = (int)first;
	*group = one;
}
