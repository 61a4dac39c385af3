/* SPDX-License-Identifier: BSD-2-Clause */
/* Namespaces are found by task, by mount and by link. Runs in a mount namespace of its own. */
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

static uint32_t inode_of(const char *path)
{
	struct stat file;

	must(!stat(path, &file));
	return file.st_ino;
}

/* Starts a task in a new namespace, until child_end(). */
static struct child child_start(void)
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

static void child_end(struct child *child)
{
	must(!kill(child->pid, SIGKILL));
	must(waitpid(child->pid, NULL, 0) == child->pid);
}

static void touch(const char *path)
{
	int fd = open(path, O_CREAT | O_RDONLY | O_CLOEXEC, 0600);

	must(fd >= 0);
	close(fd);
}

static void bind_mount(const char *from, const char *to)
{
	touch(to);
	must(!mount(from, to, NULL, MS_BIND, NULL));
}

static struct netns_list enumerate(void)
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
static struct netns_entry entry_of(uint32_t inode)
{
	struct netns_list list = enumerate();
	struct netns_entry found = {0};

	for (size_t i = 0; i < list.count; i++)
		if (list.entries[i].inode == inode)
			found = list.entries[i];
	netns_list_free(&list);
	return found;
}

static void assert_entry(uint32_t inode, const char *path, const char *name)
{
	struct netns_entry entry = entry_of(inode);

	assert_int_equal(entry.inode, inode);
	assert_string_equal(entry.path, path);
	assert_string_equal(entry.name, name);
}

static void own_comes_first(void **state)
{
	struct netns_list list = enumerate();
	size_t hosts = 0;

	(void)state;
	assert_int_equal(netns_own(), inode_of("/proc/self/ns/net"));
	assert_int_equal(list.entries[0].inode, netns_own());
	for (size_t i = 0; i < list.count; i++)
		hosts += !strcmp(list.entries[i].name, "host");
	assert_int_equal(hosts, 1);
	netns_list_free(&list);
	assert_null(list.entries);
}

static void found_by_task(void **state)
{
	struct child child = child_start();

	(void)state;
	assert_entry(child.inode, child.path, "");
	child_end(&child);
	assert_int_equal(entry_of(child.inode).inode, 0);
}

static void found_by_mount(void **state)
{
	struct child child = child_start();

	(void)state;
	bind_mount(child.path, "/run/netns/blue");
	assert_entry(child.inode, "/run/netns/blue", "blue");
	child_end(&child);
	assert_entry(child.inode, "/run/netns/blue", "blue");
	must(!umount2("/run/netns/blue", MNT_DETACH));
	assert_int_equal(entry_of(child.inode).inode, 0);
}

static void found_elsewhere(void **state)
{
	struct child child = child_start();

	(void)state;
	must(!mkdir("/run/docker dir", 0700));
	bind_mount(child.path, "/run/docker dir/3f1c");
	assert_entry(child.inode, "/run/docker dir/3f1c", "3f1c");
	/* The name for ip-netns comes first. */
	must(!symlink(child.path, "/run/netns/linked"));
	assert_entry(child.inode, "/run/netns/linked", "linked");
	must(!unlink("/run/netns/linked"));
	child_end(&child);
	assert_entry(child.inode, "/run/docker dir/3f1c", "3f1c");
	must(!umount2("/run/docker dir/3f1c", MNT_DETACH));
}

static void long_path_is_no_way(void **state)
{
	static const char path[] =
		"/run/netns/a-name-that-is-so-long-that-nobody-would-type-it-by-hand-twice-"
		"and-if-they-did-it-would-not-fit-into-what-is-kept-of-a-path";
	struct child child = child_start();

	(void)state;
	bind_mount(child.path, path);
	assert_entry(child.inode, child.path, strrchr(path, '/') + 1);
	child_end(&child);
	assert_int_equal(entry_of(child.inode).inode, 0);
	must(!umount2(path, MNT_DETACH));
}

/* Paths that the tools choose, and the names that the tools use for these namespaces. */
static void found_by_any_maker(void **state)
{
	static const struct {
		const char *directory, *path, *name;
	} makers[] = {
		{"/run/docker", NULL, NULL},
		{"/run/docker/netns", "/run/docker/netns/1-a3b0xq9k2c", "1-a3b0xq9k2c"},
		{"/run/netns", "/run/netns/cni-4d0e1c5f-6a7b-8c9d-0e1f-2a3b4c5d6e7f",
	         "cni-4d0e1c5f-6a7b-8c9d-0e1f-2a3b4c5d6e7f"},
		{"/var/run", NULL, NULL}, /* no link to /run here */
		{"/var/run/netns", "/var/run/netns/old", "old"},
		{"/run/user", NULL, NULL},
		{"/run/user/netns", "/run/user/netns/netns-4d0e1c5f-6a7b-8c9d-0e1f-2a3b4c5d6e7f",
	         "netns-4d0e1c5f-6a7b-8c9d-0e1f-2a3b4c5d6e7f"},
		{"/var/some", "/var/some/file", "file"},
	};

	(void)state;
	must(!mount("none", "/var", "tmpfs", 0, NULL));
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		struct child child = child_start();

		must(!mkdir(makers[i].directory, 0700) || errno == EEXIST);
		if (makers[i].path) {
			bind_mount(child.path, makers[i].path);
			assert_entry(child.inode, makers[i].path, makers[i].name);
		}
		child_end(&child);
		if (!makers[i].path)
			continue;
		assert_entry(child.inode, makers[i].path, makers[i].name);
		must(!umount2(makers[i].path, MNT_DETACH));
	}
	must(!umount2("/var", MNT_DETACH));
}

static void found_by_ip_netns(void **state)
{
	struct netns_entry entry;

	(void)state;
	must(!system("ip netns add tcptrail"));
	entry = entry_of(inode_of("/run/netns/tcptrail"));
	assert_string_equal(entry.path, "/run/netns/tcptrail");
	assert_string_equal(entry.name, "tcptrail");
	assert_int_equal(netns_enter(&entry), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), entry.inode);
	assert_int_equal(netns_leave(), 0);
	must(!system("ip netns delete tcptrail"));
	assert_int_equal(entry_of(entry.inode).inode, 0);
	must(!umount2("/run/netns", MNT_DETACH)); /* ip has made it a mount of its own */
}

/* dockerd also mounts the namespace of the host. */
static void host_keeps_its_name(void **state)
{
	(void)state;
	must(!mkdir("/run/docker/netns", 0700) || errno == EEXIST);
	bind_mount("/proc/self/ns/net", "/run/docker/netns/default");
	assert_entry(netns_own(), "/proc/self/ns/net", "host");
	must(!umount2("/run/docker/netns/default", MNT_DETACH));
}

static void assert_reached(uint32_t inode, const char *path, const char *name)
{
	struct netns_entry entry = entry_of(inode);

	must(!strcmp(entry.path, path) && !strcmp(entry.name, name));
	must(!netns_enter(&entry));
	must(inode_of("/proc/thread-self/ns/net") == inode);
	must(!netns_leave());
}

/*
 * Process 1 of a pid namespace mounts; then a child, which does not see the mounts, lists the
 * namespaces.
 */
static void be_first(void)
{
	struct child one, two;
	pid_t looker;
	int status;

	must(!mount("proc", "/proc", "proc", 0, NULL));
	one = child_start();
	two = child_start();
	bind_mount(one.path, "/run/netns/first");
	bind_mount(two.path, "/run/elsewhere");
	child_end(&one);
	child_end(&two);
	looker = fork();
	if (!looker) {
		must(!unshare(CLONE_NEWNS));
		must(!umount2("/run/netns/first", MNT_DETACH));
		must(!umount2("/run/elsewhere", MNT_DETACH));
		assert_reached(one.inode, "/proc/1/root/run/netns/first", "first");
		assert_reached(two.inode, "/proc/1/root/run/elsewhere", "elsewhere");
		_exit(0);
	}
	must(waitpid(looker, &status, 0) == looker && !status);
}

static void found_where_process_1_is(void **state)
{
	pid_t outer = fork(), init;
	int status;

	(void)state;
	must(outer >= 0);
	if (!outer) {
		must(!unshare(CLONE_NEWPID | CLONE_NEWNS));
		init = fork();
		if (!init) {
			be_first();
			_exit(0);
		}
		must(waitpid(init, &status, 0) == init);
		_exit(status != 0);
	}
	must(waitpid(outer, &status, 0) == outer);
	assert_int_equal(status, 0);
}

static void others_are_ignored(void **state)
{
	struct netns_list before = enumerate(), after;

	(void)state;
	touch("/run/netns/not-mounted");
	bind_mount("/proc/self/ns/uts", "/run/netns/uts");
	must(!mkfifo("/run/netns/fifo", 0600));
	must(!symlink("/nowhere", "/run/netns/dangling"));
	after = enumerate();
	assert_int_equal(after.count, before.count);
	must(!umount2("/run/netns/uts", MNT_DETACH));
	netns_list_free(&before);
	netns_list_free(&after);
}

static void enter_and_leave(void **state)
{
	struct child one = child_start(), two = child_start();
	struct netns_entry first = entry_of(one.inode), second = entry_of(two.inode);

	(void)state;
	assert_int_equal(netns_enter(&first), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), one.inode);
	assert_int_equal(netns_enter(&second), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), two.inode);
	assert_int_not_equal(netns_own(), two.inode);
	assert_int_equal(netns_leave(), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), netns_own());

	/* netns_enter() of our own namespace returns to it, whatever /proc/self shows meanwhile. */
	assert_int_equal(netns_enter(&first), 0);
	first = entry_of(netns_own());
	assert_int_equal(netns_enter(&first), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), netns_own());
	child_end(&one);
	child_end(&two);
}

static void gone_and_stale(void **state)
{
	struct child one = child_start(), two = child_start();
	struct netns_entry entry = entry_of(one.inode);

	(void)state;
	child_end(&one);
	assert_int_equal(netns_enter(&entry), -ENOENT);
	strcpy(entry.path, two.path); /* as if the pid was reused */
	assert_int_equal(netns_enter(&entry), -ESTALE);
	strcpy(entry.path, "/run/netns/was-mounted");
	touch(entry.path);
	assert_int_equal(netns_enter(&entry), -ESTALE);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), netns_own());
	child_end(&two);
}

/* The task through which the namespace was found has left it; another task is in it. */
static void entered_by_another_task(void **state)
{
	struct child host = child_start(), visitor = child_start();
	struct netns_entry entry = entry_of(host.inode);

	(void)state;
	strcpy(entry.path, visitor.path);
	assert_int_equal(netns_enter(&entry), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), host.inode);
	assert_int_equal(netns_leave(), 0);
	child_end(&visitor);
	assert_int_equal(netns_enter(&entry), 0);
	assert_int_equal(inode_of("/proc/thread-self/ns/net"), host.inode);
	assert_int_equal(netns_leave(), 0);
	child_end(&host);
	assert_int_equal(netns_enter(&entry), -ENOENT);
}

static void many_namespaces(void **state)
{
	struct child children[40];
	struct netns_list list;
	size_t found = 0;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		children[i] = child_start();
	list = enumerate();
	for (size_t i = 0; i < list.count; i++)
		for (size_t j = 0; j < 40; j++)
			found += list.entries[i].inode == children[j].inode;
	assert_int_equal(found, 40);
	netns_list_free(&list);
	for (size_t i = 0; i < 40; i++)
		child_end(&children[i]);
}

static int set_up(void **state)
{
	(void)state;
	must(!unshare(CLONE_NEWNS));
	must(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	must(!mount("none", "/run", "tmpfs", 0, NULL));
	must(!mkdir("/run/netns", 0700));
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_comes_first),
		cmocka_unit_test(found_by_task),
		cmocka_unit_test(found_by_mount),
		cmocka_unit_test(found_elsewhere),
		cmocka_unit_test(found_by_any_maker),
		cmocka_unit_test(found_by_ip_netns),
		cmocka_unit_test(host_keeps_its_name),
		cmocka_unit_test(found_where_process_1_is),
		cmocka_unit_test(long_path_is_no_way),
		cmocka_unit_test(others_are_ignored),
		cmocka_unit_test(enter_and_leave),
		cmocka_unit_test(gone_and_stale),
		cmocka_unit_test(entered_by_another_task),
		cmocka_unit_test(many_namespaces),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
