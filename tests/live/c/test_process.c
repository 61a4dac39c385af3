/* SPDX-License-Identifier: BSD-2-Clause */
/* What process.h says of processes that the test starts. Needs root. */
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

#include "base/clock.h"
#include "enrich/cgroup.h"
#include "enrich/process.h"
#include "enrich/proc_file.h"
#include "enrich/process_text.h"
#include "tcp.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int ready[2];

static void child_ready(void)
{
	must(write(ready[1], "", 1) == 1);
}

/* Forks. The parent continues after the child has called child_ready() or exec. */
static pid_t child_fork(void)
{
	pid_t pid;
	char byte;

	must(!pipe2(ready, O_CLOEXEC));
	pid = fork();
	must(pid >= 0);
	if (!pid) {
		must(!prctl(PR_SET_PDEATHSIG, SIGKILL));
		return 0;
	}
	close(ready[1]);
	/* EOF means ready, too: an exec closes the other end. */
	must(read(ready[0], &byte, 1) >= 0);
	close(ready[0]);
	return pid;
}

static void child_end(pid_t pid)
{
	must(!kill(pid, SIGKILL));
	must(waitpid(pid, NULL, 0) == pid);
}

static uint64_t tick(void)
{
	return NS_PER_SEC / sysconf(_SC_CLK_TCK);
}

static struct process_info info_of(pid_t pid)
{
	struct process_info info;

	assert_int_equal(process_read(pid, 0, &info), 0);
	return info;
}

static void started_between(void **state)
{
	uint64_t before = clock_boot(), after;
	struct process_info info;
	pid_t pid = child_fork();

	(void)state;
	if (!pid) {
		child_ready();
		pause();
	}
	after = clock_boot();
	info = info_of(pid);
	assert_in_range(info.start_ticks, before / tick(), after / tick());
	child_end(pid);
}

static void another_start_is_another_process(void **state)
{
	struct process_info info = info_of(getpid()), other = {.comm = "kept"};
	uint64_t start = info.start_ticks * tick();

	(void)state;
	assert_int_equal(process_read(getpid(), start, &info), 0);
	assert_int_equal(process_read(getpid(), start + tick() - 1, &info), 0);
	assert_true(process_alive(getpid(), start));
	assert_true(process_alive(getpid(), 0));
	assert_int_equal(process_read(getpid(), start + tick(), &other), -ESRCH);
	assert_int_equal(process_read(getpid(), start - 1, &other), -ESRCH);
	assert_false(process_alive(getpid(), start + tick()));
	assert_false(process_alive(getpid(), start - 1));
	assert_string_equal(other.comm, "kept");
}

static void no_such_pid(void **state)
{
	static const uint32_t pids[] = {0, 4194305 /* above PID_MAX_LIMIT */, INT32_MAX, 1U << 31,
	                                UINT32_MAX};
	struct process_info info;

	(void)state;
	for (size_t i = 0; i < COUNT(pids); i++) {
		assert_int_equal(process_read(pids[i], 0, &info), -ESRCH);
		assert_false(process_alive(pids[i], 0));
	}
}

/* A socket that it makes has the same uid. */
static void uid_is_the_effective_one(void **state)
{
	struct stat socket_stat;
	int sockets[2];
	pid_t pid;

	(void)state;
	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	pid = child_fork();
	if (!pid) {
		struct stat st;
		int fd;

		must(!setresuid(1001, 1002, 1003));
		fd = socket(AF_INET, SOCK_STREAM, 0);
		must(fd >= 0 && !fstat(fd, &st));
		must(write(sockets[1], &st, sizeof(st)) == sizeof(st));
		child_ready();
		pause();
	}
	must(read(sockets[0], &socket_stat, sizeof(socket_stat)) == sizeof(socket_stat));
	assert_int_equal(info_of(pid).uid, 1002);
	assert_int_equal(socket_stat.st_uid, 1002);
	child_end(pid);
	close(sockets[0]);
	close(sockets[1]);
}

static void comm_of_any_bytes(void **state)
{
	pid_t pid = child_fork();

	(void)state;
	if (!pid) {
		must(!prctl(PR_SET_NAME, "a) R 1 (\n\"b"));
		child_ready();
		pause();
	}
	assert_string_equal(info_of(pid).comm, "a) R 1 (\n\"b");
	assert_true(process_alive(pid, 0));
	child_end(pid);
}

/* Runs a shell, with more arguments, that waits for the end of its input. */
static pid_t shell_start(const char *one, const char *two, int input[2])
{
	pid_t pid;

	must(!pipe2(input, O_CLOEXEC));
	pid = child_fork();
	if (!pid) {
		must(dup2(input[0], 0) == 0);
		execl("/bin/sh", "sh", "-c", "read x; exit 0", one, two, NULL);
		abort();
	}
	return pid;
}

static void shell_end(pid_t pid, int input[2])
{
	close(input[0]);
	close(input[1]);
	must(waitpid(pid, NULL, 0) == pid);
}

static void args_are_whole(void **state)
{
	static const char expected[] = "sh\0-c\0read x; exit 0\0two words\0";
	int input[2];
	pid_t pid = shell_start("two words", "", input);
	struct process_info info = info_of(pid);

	(void)state;
	assert_int_equal(info.args_size, sizeof(expected)); /* the last one is empty */
	assert_memory_equal(info.args, expected, sizeof(expected));
	assert_string_equal(info.comm, "sh");
	shell_end(pid, input);
}

static void long_args_are_cut(void **state)
{
	static const char expected[] = "sh\0-c\0read x; exit 0\0one\0www";
	char word[2 * PROCESS_ARGS_MAX];
	struct process_info info;
	int input[2];
	pid_t pid;

	(void)state;
	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	pid = shell_start("one", word, input);
	info = info_of(pid);
	assert_int_equal(info.args_size, PROCESS_ARGS_MAX - 1);
	assert_memory_equal(info.args, expected, sizeof(expected) - 1);
	assert_int_equal(info.args[PROCESS_ARGS_MAX - 2], 'w');
	assert_int_equal(info.args[PROCESS_ARGS_MAX - 1], '\0');
	shell_end(pid, input);
}

static void zombie_has_exited(void **state)
{
	struct process_info info;
	siginfo_t ended;
	pid_t pid = child_fork();

	(void)state;
	if (!pid) {
		must(!prctl(PR_SET_NAME, "ghost"));
		child_ready();
		pause();
	}
	assert_true(process_alive(pid, 0));
	must(!kill(pid, SIGKILL));
	must(!waitid(P_PID, pid, &ended, WEXITED | WNOWAIT));
	assert_false(process_alive(pid, 0));
	info = info_of(pid);
	assert_string_equal(info.comm, "ghost");
	assert_int_equal(info.args_size, 0);
	must(waitpid(pid, NULL, 0) == pid);
	assert_false(process_alive(pid, 0));
	assert_int_equal(process_read(pid, 0, &info), -ESRCH);
}

static void *wait_forever(void *arg)
{
	child_ready();
	for (;;)
		pause();
	return arg;
}

/* The state of the first thread in /proc. */
static char state_of(pid_t pid)
{
	struct process_stat stat;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	must(!proc_read_stat(AT_FDCWD, path, &stat));
	return stat.state;
}

static void lives_without_its_first_thread(void **state)
{
	pid_t pid = child_fork();
	pthread_t thread;

	(void)state;
	if (!pid) {
		must(!pthread_create(&thread, NULL, wait_forever, NULL));
		pthread_exit(NULL);
	}
	while (state_of(pid) != 'Z')
		usleep(1000);
	assert_true(process_alive(pid, 0));
	assert_int_equal(info_of(pid).args_size, 0);
	child_end(pid);
}

static void kernel_thread_has_no_args(void **state)
{
	struct process_info info;

	(void)state;
	if (process_read(2, 0, &info) || strcmp(info.comm, "kthreadd")) {
		print_message("skipped: pid 2 is not kthreadd: this is a pid namespace\n");
		skip();
	}
	assert_int_equal(info.args_size, 0);
	assert_int_equal(info.uid, 0);
	assert_true(process_alive(2, 0));
}

/* Runs fn in a child; its assertions end the child. */
static void in_child(void (*fn)(pid_t), pid_t arg)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		fn(arg);
		_exit(0);
	}
	must(pid > 0 && waitpid(pid, &status, 0) == pid);
	assert_int_equal(status, 0);
}

static void look_unprivileged(pid_t pid)
{
	must(!setresgid(65534, 65534, 65534) && !setresuid(65534, 65534, 65534));
	must(process_alive(pid, 0));
	must(info_of(pid).uid == 0);
	must(info_of(pid).args_size > 0);
}

static void look_at_hidden(pid_t pid)
{
	struct process_info info;

	must(!unshare(CLONE_NEWNS));
	must(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	must(!mount("proc", "/proc", "proc", 0, "hidepid=2"));
	must(!setresgid(65534, 65534, 65534) && !setresuid(65534, 65534, 65534));
	must(process_read(pid, 0, &info) == -EACCES);
	must(process_alive(pid, 0));
	must(!process_alive(4194305, 0));
}

static void processes_of_other_users_are_seen(void **state)
{
	(void)state;
	in_child(look_unprivileged, getpid());
}

static void hidden_is_not_gone(void **state)
{
	(void)state;
	in_child(look_at_hidden, getpid());
}

/* If systemd also has a v1 hierarchy, that is read first, and this test shows nothing. */
static bool has_systemd_v1_path(pid_t pid)
{
	char path[32], text[4096];
	const char *line;
	ssize_t size;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	must(fd >= 0);
	size = read(fd, text, sizeof(text) - 1);
	must(size > 0);
	close(fd);
	text[size] = '\0';
	line = strstr(text, "name=systemd:/");
	return line && line[strlen("name=systemd:/")] != '\n';
}

static void cgroup_is_read(void **state)
{
	char dir[CGROUP_PATH_MAX + 32], procs[sizeof(dir) + 16], expected[32];
	FILE *mountinfo = fopen("/proc/self/mountinfo", "re");
	struct cgroup_mount mount;
	int err;
	pid_t pid;

	(void)state;
	must(mountinfo);
	err = cgroup_find_mount(mountinfo, &mount);
	fclose(mountinfo);
	if (err || mount.root[0]) {
		print_message("skipped: no cgroup v2 hierarchy is mounted with its root\n");
		skip();
	}
	snprintf(expected, sizeof(expected), "/tcptrail %d", getpid());
	snprintf(dir, sizeof(dir), "%s%s", mount.point, expected);
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", dir);
	if (mkdir(dir, 0755)) {
		print_message("skipped: no cgroup can be made: %s\n", strerror(errno));
		skip();
	}
	pid = child_fork();
	if (!pid) {
		int fd = open(procs, O_WRONLY | O_CLOEXEC);

		must(fd >= 0 && write(fd, "0", 1) == 1);
		child_ready();
		pause();
	}
	if (!has_systemd_v1_path(pid))
		assert_string_equal(info_of(pid).cgroup, expected);
	child_end(pid);
	must(!rmdir(dir));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(started_between),
		cmocka_unit_test(another_start_is_another_process),
		cmocka_unit_test(no_such_pid),
		cmocka_unit_test(uid_is_the_effective_one),
		cmocka_unit_test(comm_of_any_bytes),
		cmocka_unit_test(args_are_whole),
		cmocka_unit_test(long_args_are_cut),
		cmocka_unit_test(zombie_has_exited),
		cmocka_unit_test(lives_without_its_first_thread),
		cmocka_unit_test(kernel_thread_has_no_args),
		cmocka_unit_test(processes_of_other_users_are_seen),
		cmocka_unit_test(hidden_is_not_gone),
		cmocka_unit_test(cgroup_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
