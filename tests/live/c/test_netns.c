/* SPDX-License-Identifier: BSD-2-Clause */
/* Namespaces are found by task, by mount and by link. */
#include "netns_test.h"

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

static void path_too_long_is_not_kept(void **state)
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
static void found_in_paths_of_all_tools(void **state)
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
static void run_as_process_1(void)
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
			run_as_process_1();
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_comes_first),
		cmocka_unit_test(found_by_task),
		cmocka_unit_test(found_by_mount),
		cmocka_unit_test(found_elsewhere),
		cmocka_unit_test(found_in_paths_of_all_tools),
		cmocka_unit_test(found_by_ip_netns),
		cmocka_unit_test(host_keeps_its_name),
		cmocka_unit_test(found_where_process_1_is),
		cmocka_unit_test(path_too_long_is_not_kept),
		cmocka_unit_test(others_are_ignored),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
