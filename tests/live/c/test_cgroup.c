/* SPDX-License-Identifier: BSD-2-Clause */
/* Needs root and a cgroup v2 mount. Makes cgroups of its own in it and removes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "enrich/cgroup.h"

/* --- mountinfo -------------------------------------------------------------------------------- */

static int find(const char *text, struct cgroup_mount *mount)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int err = cgroup_find_mount(file, mount);

	fclose(file);
	return err;
}

static void finds_the_hybrid_mount(void **state)
{
	struct cgroup_mount mount = {0};

	(void)state;
	assert_int_equal(find("31 1 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
	                      "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
	                      "41 31 0:38 / /sys/fs/cgroup/unified rw shared:9 master:1 - cgroup2 "
	                      "cgroup2 rw\n",
	                      &mount),
	                 0);
	assert_string_equal(mount.point, "/sys/fs/cgroup/unified");
	assert_string_equal(mount.root, "");
}

static void prefers_the_whole_hierarchy(void **state)
{
	struct cgroup_mount mount = {0};

	(void)state;
	assert_int_equal(find("1 2 0:38 /a /mnt/part rw - cgroup2 cgroup2 rw\n"
	                      "1 2 0:38 /b /mnt/other rw - cgroup2 cgroup2 rw\n"
	                      "1 2 0:38 / /mnt/wh\\040ole rw - cgroup2 cgroup2 rw\n"
	                      "1 2 0:38 / /mnt/later rw - cgroup2 cgroup2 rw\n",
	                      &mount),
	                 0);
	assert_string_equal(mount.point, "/mnt/wh ole");
	assert_string_equal(mount.root, "");
	assert_int_equal(find("1 2 0:38 /a /mnt/part rw - cgroup2 cgroup2 rw\n", &mount), 0);
	assert_string_equal(mount.point, "/mnt/part");
	assert_string_equal(mount.root, "/a");
}

static void tells_when_there_is_none(void **state)
{
	struct cgroup_mount mount = {.point = "kept"};

	(void)state;
	assert_int_equal(find("31 1 0:28 / /sys rw - tmpfs cgroup2 rw\n"
	                      "cgroup2\n"
	                      "1 2 3 4\n"
	                      "1 2 3 4 5 6 7 cgroup2\n",
	                      &mount),
	                 -ENOENT);
	assert_string_equal(mount.point, "kept");
}

/* --- paths ------------------------------------------------------------------------------------ */

struct made {
	struct cgroup_tree *tree;
	char outer[CGROUP_PATH_MAX + 32], inner[CGROUP_PATH_MAX + 64]; /* where they are */
	char path[64];                                                 /* of the inner cgroup */
	uint64_t root_id, inner_id;
};

static uint64_t inode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

/* Without a state the tests of paths skip. */
static int skip_for(const char *why)
{
	print_message("skipped: %s\n", why);
	return 0;
}

static int make(void **state)
{
	static struct made made;
	struct cgroup_mount mount = {0};
	FILE *mountinfo = fopen("/proc/self/mountinfo", "r");
	int err = cgroup_find_mount(mountinfo, &mount);

	fclose(mountinfo);
	if (err)
		return skip_for("no cgroup v2 hierarchy is mounted");
	snprintf(made.outer, sizeof(made.outer), "%s/tcptrail-%d", mount.point, getpid());
	snprintf(made.inner, sizeof(made.inner), "%s/in ner", made.outer);
	snprintf(made.path, sizeof(made.path), "/tcptrail-%d/in ner", getpid());
	if (geteuid() || mkdir(made.outer, 0755) || mkdir(made.inner, 0755))
		return skip_for("no cgroup can be made in it");
	made.root_id = inode_of(mount.point);
	made.inner_id = inode_of(made.inner);
	*state = &made;
	return cgroup_open(&made.tree);
}

static int unmake(void **state)
{
	struct made *made = *state;

	if (!made)
		return 0;
	cgroup_close(made->tree);
	rmdir(made->inner);
	rmdir(made->outer);
	return 0;
}

static void check_paths(const struct made *made)
{
	char path[256] = "kept";

	assert_int_equal(cgroup_path(made->tree, made->inner_id, path, 5), -ENAMETOOLONG);
	assert_int_equal(cgroup_path(made->tree, made->inner_id, path, sizeof(path)), 0);
	assert_string_equal(path, made->path);
	assert_int_equal(cgroup_path(made->tree, made->root_id, path, sizeof(path)), 0);
	assert_string_equal(path, "/");
	assert_int_equal(cgroup_path(made->tree, 0x7fffffff1234, path, sizeof(path)), -ENOENT);
}

static void as_root_by_handle(void **state)
{
	if (!*state)
		skip();
	check_paths(*state);
}

/* Runs the function in a child without privilege; its assertions end the child. */
static void unprivileged(void (*fn)(const struct made *), const struct made *made)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (setegid(65534) || seteuid(65534))
			_exit(1);
		fn(made);
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void without_privilege_by_a_walk(void **state)
{
	if (!*state)
		skip();
	unprivileged(check_paths, *state);
}

static void late(const struct made *made)
{
	char late_dir[sizeof(made->inner) + 8], path[256];
	uint64_t id;

	assert_int_equal(cgroup_path(made->tree, made->inner_id, path, sizeof(path)), 0);
	assert_int_equal(seteuid(0), 0);
	snprintf(late_dir, sizeof(late_dir), "%s/late", made->inner);
	assert_int_equal(mkdir(late_dir, 0755), 0);
	id = inode_of(late_dir);
	assert_int_equal(seteuid(65534), 0);
	assert_int_equal(cgroup_path(made->tree, id, path, sizeof(path)), -ENOENT);
	cgroup_forget(made->tree);
	assert_int_equal(cgroup_path(made->tree, id, path, sizeof(path)), 0);
	assert_string_equal(path + strlen(path) - 5, "/late");
	assert_int_equal(seteuid(0), 0);
	rmdir(late_dir);
}

static void a_walk_is_kept_until_forgotten(void **state)
{
	if (!*state)
		skip();
	unprivileged(late, *state);
}

static int send_fd(int to, int fd)
{
	char room[CMSG_SPACE(sizeof(fd))] = "";
	struct iovec iov = {.iov_base = (char[]){0}, .iov_len = 1};
	struct msghdr msg = {.msg_iov = &iov,
	                     .msg_iovlen = 1,
	                     .msg_control = room,
	                     .msg_controllen = sizeof(room)};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	return sendmsg(to, &msg, 0) == 1 ? 0 : -1;
}

/* A socket pins its cgroup, so its id may be looked up long after the rmdir. */
static void removed_cgroups_have_no_path(void **state)
{
	struct made *made = *state;
	int sockets[2], status;
	char path[256];

	if (!made)
		skip();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	if (!fork()) {
		char procs[sizeof(made->inner) + 16];
		int inside, fd;

		snprintf(procs, sizeof(procs), "%s/cgroup.procs", made->inner);
		fd = open(procs, O_WRONLY);
		inside = fd >= 0 && write(fd, "0", 1) == 1 ? socket(AF_INET, SOCK_STREAM, 0) : -1;
		_exit(inside < 0 || send_fd(sockets[1], inside));
	}
	assert_true(wait(&status) > 0);
	assert_int_equal(status, 0);
	/* The socket lives on because it is in flight in the socket pair. */
	assert_int_equal(rmdir(made->inner), 0);
	assert_int_equal(cgroup_path(made->tree, made->inner_id, path, sizeof(path)), -ENOENT);
	close(sockets[0]);
	close(sockets[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_hybrid_mount),
		cmocka_unit_test(prefers_the_whole_hierarchy),
		cmocka_unit_test(tells_when_there_is_none),
		cmocka_unit_test(as_root_by_handle),
		cmocka_unit_test(without_privilege_by_a_walk),
		cmocka_unit_test(a_walk_is_kept_until_forgotten),
		cmocka_unit_test(removed_cgroups_have_no_path),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
