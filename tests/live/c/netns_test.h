/* SPDX-License-Identifier: BSD-2-Clause */
/* Network namespaces that a test makes, in a mount namespace of its own. */
#ifndef TCPTRAIL_TESTS_NETNS_TEST_H
#define TCPTRAIL_TESTS_NETNS_TEST_H

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "enrich/netns.h"
#include "tcp.h"

struct child {
	pid_t pid;
	uint32_t inode;
	char path[64]; /* /proc/PID/ns/net */
};

static inline uint32_t inode_of(const char *path)
{
	struct stat file;

	must(!stat(path, &file));
	return file.st_ino;
}

/* Starts a task in a new namespace, until child_end(). */
static inline struct child child_start(void)
{
	struct child child;
	int ready[2];
	char byte;

	must(!pipe2(ready, O_CLOEXEC));
	child.pid = fork();
	must(child.pid >= 0);
	if (!child.pid) {
		must(!unshare(CLONE_NEWNET));
		must(write(ready[1], "", 1) == 1);
		for (;;)
			pause();
	}
	must(read(ready[0], &byte, 1) == 1);
	close(ready[0]);
	close(ready[1]);
	snprintf(child.path, sizeof(child.path), "/proc/%d/ns/net", child.pid);
	child.inode = inode_of(child.path);
	return child;
}

static inline void child_end(struct child *child)
{
	must(!kill(child->pid, SIGKILL));
	must(waitpid(child->pid, NULL, 0) == child->pid);
}

static inline void touch(const char *path)
{
	int fd = open(path, O_CREAT | O_RDONLY | O_CLOEXEC, 0600);

	must(fd >= 0);
	close(fd);
}

static inline void bind_mount(const char *from, const char *to)
{
	touch(to);
	must(!mount(from, to, NULL, MS_BIND, NULL));
}

static inline struct netns_list enumerate(void)
{
	struct netns_list list;
	struct diag diag;

	if (netns_enumerate(&list, &diag))
		fail_msg("%s", diag.text);
	for (size_t i = 0; i < list.count; i++)
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(list.entries[i].inode, list.entries[j].inode);
	return list;
}

/* Copies the entry; inode 0: there is none. */
static inline struct netns_entry entry_of(uint32_t inode)
{
	struct netns_list list = enumerate();
	struct netns_entry found = {0};

	for (size_t i = 0; i < list.count; i++)
		if (list.entries[i].inode == inode)
			found = list.entries[i];
	netns_list_free(&list);
	return found;
}

static inline void assert_entry(uint32_t inode, const char *path, const char *name)
{
	struct netns_entry entry = entry_of(inode);

	assert_int_equal(entry.inode, inode);
	assert_string_equal(entry.path, path);
	assert_string_equal(entry.name, name);
}

static inline int set_up(void **state)
{
	(void)state;
	must(!unshare(CLONE_NEWNS));
	must(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	must(!mount("none", "/run", "tmpfs", 0, NULL));
	must(!mkdir("/run/netns", 0700));
	return 0;
}

#endif
