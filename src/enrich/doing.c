/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All files are opened below one fd of /proc/PID, which stays with its process. So one check of the
 * start time is enough for all that is read.
 */
#include "enrich/doing.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enrich/doing_text.h"
#include "enrich/proc_file.h"
#include "fact.h"

/* how many threads are read; each takes an open() and a read() */
#define THREADS_MAX 16384

/* Is this the process that started then, and does it still live? 0 or -errno. */
static int check_process(int dir, uint64_t start)
{
	struct process_stat stat;
	int err = proc_check_process(dir, start, &stat);

	return !err && process_has_exited(&stat) ? -ESRCH : err;
}

/*
 * Has the thread memory? If not, open() fails (6.18) or read() returns 0 (6.1). Without permission
 * the answer is true.
 */
static bool has_memory(int thread)
{
	char byte;
	ssize_t got = proc_read_bytes(thread, "auxv", &byte, sizeof(byte));

	return got != 0 && got != -ESRCH && got != -ENOENT;
}

/*
 * The directory in /proc of a thread that has not exited. Threads that have exited, perhaps the
 * leader, have no memory and no fds any more. -1: there is none, or it is a kernel thread.
 */
static int open_living_thread(int dir)
{
	DIR *tasks = proc_open_directory(dir, "task");
	int living = -1;
	const char *tid;

	while (tasks && living < 0 && (tid = proc_next_number(tasks))) {
		living = openat(dirfd(tasks), tid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (living >= 0 && !has_memory(living)) {
			close(living);
			living = -1;
		}
	}
	if (tasks)
		closedir(tasks);
	return living;
}

/*
 * Has the process our word size? Read from its auxiliary vector, not from its file, which may be
 * gone or on a server that hangs.
 */
static bool is_native(int living)
{
	ElfW(auxv_t) vector[64];
	ssize_t size = proc_read_bytes(living, "auxv", vector, sizeof(vector));

	for (ssize_t i = 0; i < size / (ssize_t)sizeof(vector[0]); i++)
		if (vector[i].a_type == AT_PHENT)
			return vector[i].a_un.a_val == sizeof(ElfW(Phdr));
	return false;
}

/*
 * What stops the thread, whatever syscall it is in: SIGSTOP, a debugger, or the freezer of its
 * cgroup, which sleeps in do_freezer_trap() (v2, kernel/signal.c) or __refrigerator() (v1). "":
 * nothing.
 */
static const char *find_stop_reason(int tasks, const char *tid)
{
	struct process_stat stat;
	char path[48], text[64];

	snprintf(path, sizeof(path), "%.32s/stat", tid);
	if (proc_read_stat(tasks, path, &stat))
		return "";
	if (stat.state == 'T')
		return DOING_STOPPED;
	if (stat.state == 't')
		return DOING_TRACED;
	if (stat.state != 'S' && stat.state != 'D')
		return "";
	snprintf(path, sizeof(path), "%.32s/wchan", tid);
	proc_read_text(tasks, path, text, sizeof(text));
	return !strcmp(text, "do_freezer_trap") || !strcmp(text, "__refrigerator") ? DOING_FROZEN
	                                                                           : "";
}

/* false: the thread is gone. */
static bool read_thread(int tasks, const char *tid, bool native, struct doing_group *group)
{
	const char *reason;
	char path[48], text[256];
	ssize_t got;

	snprintf(path, sizeof(path), "%.32s/syscall", tid);
	got = proc_read_text(tasks, path, text, sizeof(text));
	/* Without CONFIG_HAVE_ARCH_TRACEHOOK the thread has no such file. */
	if (got == -ESRCH || (got == -ENOENT && faccessat(tasks, tid, F_OK, 0)))
		return false;
	doing_parse_syscall(text, native, group);
	reason = find_stop_reason(tasks, tid);
	if (*reason) {
		snprintf(group->syscall, sizeof(group->syscall), "%s", reason);
		group->fd = -1;
	}
	return true;
}

static int by_place(const void *left, const void *right)
{
	const struct doing_group *a = left, *b = right;
	int order = strcmp(a->syscall, b->syscall);

	return order ? order : (a->fd > b->fd) - (a->fd < b->fd);
}

static int by_threads(const void *left, const void *right)
{
	const struct doing_group *a = left, *b = right;
	int order = (a->threads < b->threads) - (a->threads > b->threads);

	return order ? order : by_place(a, b);
}

/* Merges equal threads into groups. */
static void group_threads(struct doing *doing)
{
	struct doing_group *groups = doing->groups;
	size_t kept = 0;

	qsort(groups, doing->count, sizeof(*groups), by_place);
	for (size_t i = 1; i < doing->count; i++) {
		if (by_place(&groups[kept], &groups[i]))
			groups[++kept] = groups[i];
		else
			groups[kept].threads++;
	}
	doing->count = kept + 1;
	qsort(groups, doing->count, sizeof(*groups), by_threads);
}

static int read_threads(int dir, bool native, struct doing *doing)
{
	DIR *tasks = proc_open_directory(dir, "task");
	struct doing_group *smaller;
	const char *tid;

	if (!tasks)
		return -errno;
	/* The kernel provides only the pages that are touched. */
	doing->groups = calloc(THREADS_MAX, sizeof(*doing->groups));
	while (doing->groups && (tid = proc_next_number(tasks))) {
		if (doing->count == THREADS_MAX)
			doing->threads++;
		else if (read_thread(dirfd(tasks), tid, native, &doing->groups[doing->count]))
			doing->threads = ++doing->count;
	}
	closedir(tasks);
	if (!doing->groups)
		return -ENOMEM;
	if (!doing->count)
		return -ESRCH;
	group_threads(doing);
	smaller = reallocarray(doing->groups, doing->count, sizeof(*smaller));
	if (smaller)
		doing->groups = smaller;
	return 0;
}

/*
 * Since 6.2 st_size of the directory is the number of fds, which needs no permission to list them.
 */
static bool read_fds(int living, unsigned int *fds)
{
	unsigned int count = 0;
	struct stat stat;
	DIR *listed;

	if (!fstatat(living, "fd", &stat, 0) && stat.st_size > 0) {
		*fds = stat.st_size;
		return true;
	}
	listed = proc_open_directory(living, "fd");
	if (!listed)
		return false;
	while (proc_next_number(listed))
		count++;
	closedir(listed);
	*fds = count;
	return count || has_memory(living); /* 0 may mean that it has exited meanwhile */
}

static bool read_limit(int dir, uint64_t *limit)
{
	char text[4096];

	return proc_read_text(dir, "limits", text, sizeof(text)) > 0 &&
	       !doing_parse_limit(text, limit);
}

static int read_process(int dir, struct doing *doing)
{
	int living = open_living_thread(dir);
	int err = read_threads(dir, is_native(living), doing);

	if (!err) {
		doing->fds_known = read_fds(living, &doing->fds);
		doing->limit_known = read_limit(dir, &doing->fd_limit);
	}
	if (living >= 0)
		close(living);
	return err;
}

int doing_read(uint32_t pid, uint64_t start, struct doing *doing)
{
	struct doing found = {0};
	int dir = proc_open_process(pid), err;

	if (dir < 0)
		return dir;
	err = check_process(dir, start);
	if (!err)
		err = read_process(dir, &found);
	close(dir);
	if (!err)
		*doing = found;
	else
		doing_free(&found);
	return err == -ENOENT ? -ESRCH : err; /* it exited while it was read */
}

void doing_free(struct doing *doing)
{
	free(doing->groups);
	doing->groups = NULL;
	doing->count = 0;
}
