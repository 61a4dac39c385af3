/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/process_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define KERNEL_THREAD 0x00200000 /* PF_KTHREAD, include/linux/sched.h, 5.8..6.18 */

/*
 * 4242 (a) b (c)) S 1 4242 4242 0 -1 4194560 120 0 0 0 0 0 0 0 20 0 3 0 56312 ...
 * pid  (comm)     state             flags                           | |   start
 *                                                            threads  it_real_value
 * comm may contain any byte. The fields after it contain no parenthesis.
 */
bool process_parse_stat(const char *text, struct process_stat *stat)
{
	const char *comm = strchr(text, '('), *end = strrchr(text, ')');
	struct process_stat found = {0};
	unsigned int flags;

	if (!comm || !end || end < comm)
		return false;
	if (sscanf(end,
	           ") %c %*d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %" SCNu32
	           " %*d %" SCNu64,
	           &found.state, &flags, &found.threads, &found.start_ticks) != 4)
		return false;
	snprintf(found.comm, sizeof(found.comm), "%.*s", (int)(end - comm - 1), comm + 1);
	found.kernel = flags & KERNEL_THREAD;
	*stat = found;
	return true;
}

bool process_has_exited(const struct process_stat *stat)
{
	/* A leader that has ended counts as a thread while other threads run. */
	return (stat->state == 'Z' || stat->state == 'X' || stat->state == 'x') &&
	       stat->threads <= 1;
}

/* --- cgroups ---------------------------------------------------------------------------------- */

struct paths {
	const char *v2, *systemd, *other; /* NULL: not there, or "/" */
	unsigned int rank;                /* of the hierarchy of `other`; 0 is best */
	bool any;                         /* some hierarchy has a path, perhaps "/" */
};

/* Is the controller in a list such as "cpu,cpuacct"? */
static bool has_controller(const char *list, const char *controller)
{
	size_t size = strlen(controller);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, controller, size) && (!at[size] || at[size] == ','))
			return true;
	}
	return false;
}

/* Runtimes put all containers into the first of these hierarchies. */
static unsigned int rank_of(const char *list)
{
	static const char *const order[] = {"pids", "memory", "devices", "cpu"};
	unsigned int rank = 0;

	while (rank < sizeof(order) / sizeof(order[0]) && !has_controller(list, order[rank]))
		rank++;
	return rank;
}

/* 5:memory:/docker/ID, 0::/system.slice/ssh.service, 1:name=systemd:/init.scope */
static void take_line(struct paths *paths, char *line)
{
	char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;

	if (!path || path[1] != '/')
		return;
	*path++ = '\0';
	list++;
	paths->any = true;
	if (!path[1])
		return;
	if (!*list) {
		paths->v2 = path;
	} else if (!strcmp(list, "name=systemd")) {
		paths->systemd = path;
	} else if (!paths->other || rank_of(list) < paths->rank) {
		paths->other = path;
		paths->rank = rank_of(list);
	}
}

static bool is_in(const char *path, const char *parent)
{
	size_t size = strlen(parent);

	return !strncmp(path, parent, size) && (!path[size] || path[size] == '/');
}

/*
 * systemd gives a process the same path in v1 and v2. A runtime with the cgroupfs driver moves its
 * containers in v1 only; in v2 they stay in the cgroup of the runtime:
 *
 *	1:name=systemd:/docker/3f4e7d2a...
 *	0::/system.slice/containerd.service
 */
static const char *choose(const struct paths *paths)
{
	if (paths->v2 && (!paths->systemd || is_in(paths->v2, paths->systemd)))
		return paths->v2;
	if (paths->systemd)
		return paths->systemd;
	if (paths->other)
		return paths->other;
	return paths->any ? "/" : "";
}

/* A zombie's cgroup may be removed; v2 marks it (proc_cgroup_show(), kernel/cgroup/cgroup.c). */
bool process_cut_deleted(char *path)
{
	static const char tail[] = " (deleted)"; /* fs/d_path.c */
	size_t size = strlen(path), cut = strlen(tail);

	if (size < cut || strcmp(path + size - cut, tail))
		return false;
	path[size - cut] = '\0';
	return true;
}

void process_parse_cgroup(char *text, char *path, size_t size)
{
	struct paths paths = {0};
	const char *chosen;
	char *end;

	/* The reader has cut a last line that has no newline. */
	for (char *line = text; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		process_cut_deleted(line);
		take_line(&paths, line);
	}
	chosen = choose(&paths);
	/* A cut path would name another cgroup. */
	snprintf(path, size, "%s", strlen(chosen) < size ? chosen : "");
}
