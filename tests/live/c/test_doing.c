/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes processes whose threads are in known syscalls, waits until /proc shows that, then calls
 * doing_read().
 */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "enrich/doing.h"
#include "tcp.h"

/* --- a process with threads ------------------------------------------------------------------- */

#define RUNNING (-2) /* as a number */
#define MANY    200

struct place {
	long number;
	unsigned int threads;
};

static int listener, pipe_end, other_pipe_end, epoll;
static pthread_mutex_t locked = PTHREAD_MUTEX_INITIALIZER;

static void *accepts(void *arg)
{
	accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	return arg;
}

static void *reads(void *arg)
{
	char byte;

	return read(*(int *)arg, &byte, 1) < 0 ? NULL : arg;
}

static void *polls(void *arg)
{
	struct epoll_event event;

	syscall(SYS_epoll_pwait, epoll, &event, 1, -1, NULL, 0);
	return arg;
}

static void *locks(void *arg)
{
	pthread_mutex_lock(&locked);
	return arg;
}

static void *sleeps(void *arg)
{
	struct timespec long_time = {.tv_sec = 1000000};

	syscall(SYS_nanosleep, &long_time, NULL);
	return arg;
}

static void *runs(void *arg)
{
	for (volatile unsigned int i = 0;; i++)
		if (i == UINT32_MAX)
			i = 0;
	return arg;
}

static void start(unsigned int count, void *(*fn)(void *), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;

	must(!pthread_attr_init(&attr) && !pthread_attr_setstacksize(&attr, 128 << 10));
	while (count--)
		must(!pthread_create(&thread, &attr, fn, arg));
}

/* The main thread locks the mutex and joins the threads that wait for it. */
static void busy_process(void)
{
	pthread_mutex_lock(&locked);
	start(3, accepts, NULL);
	start(2, reads, &pipe_end);
	start(1, polls, NULL);
	start(MANY, locks, NULL);
	start(1, sleeps, NULL);
	start(1, runs, NULL);
	locks(NULL);
}

/* Runs fn in a child that ends with this process, or by child_end(). */
static pid_t child_start(void (*fn)(void))
{
	pid_t pid = fork();

	must(pid >= 0);
	if (!pid) {
		must(!prctl(PR_SET_PDEATHSIG, SIGKILL));
		fn();
		_exit(0);
	}
	return pid;
}

static void child_end(pid_t pid)
{
	must(!kill(pid, SIGKILL));
	must(waitpid(pid, NULL, 0) == pid);
}

static long number_of(pid_t pid, const char *tid)
{
	char path[64], text[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%.16s/syscall", pid, tid);
	file = fopen(path, "re");
	must(file && fgets(text, sizeof(text), file));
	fclose(file);
	return !strcmp(text, "running\n") ? RUNNING : strtol(text, NULL, 10);
}

static unsigned int threads_in(pid_t pid, long number)
{
	unsigned int threads = 0;
	struct dirent *dirent;
	char path[32];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	must(dir);
	while ((dirent = readdir(dir)))
		if (*dirent->d_name != '.')
			threads += number_of(pid, dirent->d_name) == number;
	closedir(dir);
	return threads;
}

static void wait_for(pid_t pid, const struct place *places, size_t count)
{
	for (size_t i = 0; i < count; i++)
		while (threads_in(pid, places[i].number) != places[i].threads)
			sched_yield();
}

static void check_group(const struct doing *doing, size_t i, const char *name, int fd,
                        unsigned int threads)
{
	assert_true(i < doing->count);
	assert_string_equal(doing->groups[i].syscall, name);
	assert_int_equal(doing->groups[i].fd, fd);
	assert_int_equal(doing->groups[i].threads, threads);
}

static void threads_in_groups(void **state)
{
	static const struct place places[] = {
		{SYS_futex, MANY + 1}, {SYS_accept4, 3},   {SYS_read, 2},
		{SYS_epoll_pwait, 1},  {SYS_nanosleep, 1}, {RUNNING, 1},
	};
	struct doing doing;
	int pipes[2];
	pid_t pid;

	(void)state;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	must(listener >= 0 && epoll >= 0 && !listen(listener, 1) && !pipe2(pipes, O_CLOEXEC));
	pipe_end = pipes[0];
	pid = child_start(busy_process);
	wait_for(pid, places, sizeof(places) / sizeof(places[0]));

	assert_int_equal(doing_read(pid, 0, &doing), 0);
	assert_int_equal(doing.threads, MANY + 9);
	assert_int_equal(doing.count, 6);
	check_group(&doing, 0, "futex", -1, MANY + 1);
	check_group(&doing, 1, "accept4", listener, 3);
	check_group(&doing, 2, "read", pipe_end, 2);
	check_group(&doing, 3, "epoll_pwait", epoll, 1);
	check_group(&doing, 4, "nanosleep", -1, 1);
	check_group(&doing, 5, "running", -1, 1);
	doing_free(&doing);
	assert_null(doing.groups);
	child_end(pid);
	close(listener);
	close(epoll);
	close(pipes[0]);
	close(pipes[1]);
}

static void reads_two_pipes(void)
{
	start(1, reads, &pipe_end);
	reads(&other_pipe_end);
}

static void an_fd_is_a_group(void **state)
{
	struct doing doing;
	int one[2], two[2];
	pid_t pid;

	(void)state;
	must(!pipe2(one, O_CLOEXEC) && !pipe2(two, O_CLOEXEC));
	pipe_end = one[0];
	other_pipe_end = two[0];
	pid = child_start(reads_two_pipes);
	wait_for(pid, &(struct place){SYS_read, 2}, 1);
	assert_int_equal(doing_read(pid, 0, &doing), 0);
	assert_int_equal(doing.threads, 2);
	assert_int_equal(doing.count, 2);
	check_group(&doing, 0, "read", one[0], 1);
	check_group(&doing, 1, "read", two[0], 1);
	doing_free(&doing);
	child_end(pid);
	for (int i = 0; i < 2; i++) {
		close(one[i]);
		close(two[i]);
	}
}

/* --- which process ---------------------------------------------------------------------------- */

static void pauses(void)
{
	for (;;)
		pause();
}

/* In clock ticks since boot. */
static uint64_t start_of(pid_t pid)
{
	char path[32], text[1024], *word = text;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	must(file && fgets(text, sizeof(text), file));
	fclose(file);
	word = strrchr(text, ')');
	for (int field = 2; field < 22; field++)
		word = strchr(word + 1, ' ');
	return strtoull(word, NULL, 10);
}

static int read_and_free(pid_t pid, uint64_t start_ns)
{
	struct doing doing;
	int err = doing_read(pid, start_ns, &doing);

	if (!err)
		doing_free(&doing);
	return err;
}

static void start_tells_processes_apart(void **state)
{
	uint64_t tick = 1000000000 / sysconf(_SC_CLK_TCK), start_ns;
	pid_t pid = child_start(pauses);

	(void)state;
	start_ns = start_of(pid) * tick;
	assert_int_equal(read_and_free(pid, start_ns), 0);
	assert_int_equal(read_and_free(pid, start_ns + tick - 1), 0);
	assert_int_equal(read_and_free(pid, start_ns + tick), -ESRCH);
	assert_int_equal(read_and_free(pid, start_ns - 1), -ESRCH);
	child_end(pid);
}

static void exited(void **state)
{
	pid_t pid = child_start(pauses);
	struct doing doing = {.threads = 7};
	siginfo_t info;

	(void)state;
	must(!kill(pid, SIGKILL));
	must(!waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	assert_int_equal(doing_read(pid, 0, &doing), -ESRCH); /* a zombie */
	must(waitpid(pid, NULL, 0) == pid);
	assert_int_equal(doing_read(pid, 0, &doing), -ESRCH);
	assert_int_equal(doing.threads, 7);
}

static void leaves_a_thread(void)
{
	start(1, sleeps, NULL);
	syscall(SYS_exit, 0);
}

static void leader_has_exited(void **state)
{
	static const struct place places[] = {{SYS_nanosleep, 1}, {-1, 1}};
	pid_t pid = child_start(leaves_a_thread);
	struct doing doing;

	(void)state;
	wait_for(pid, places, 2);
	assert_int_equal(doing_read(pid, 0, &doing), 0);
	assert_int_equal(doing.threads, 2);
	check_group(&doing, 0, "nanosleep", -1, 1);
	check_group(&doing, 1, "none", -1, 1);
	assert_true(doing.fds_known);
	assert_true(doing.fds >= 3);
	doing_free(&doing);
	child_end(pid);
}

/* --- descriptors, permission, word size ------------------------------------------------------- */

static void opens_seven(void)
{
	const struct rlimit limit = {.rlim_cur = 333, .rlim_max = 444};

	for (int fd = 0; fd < 1024; fd++)
		close(fd);
	for (int i = 0; i < 7; i++)
		open("/", O_RDONLY);
	setrlimit(RLIMIT_NOFILE, &limit);
	raise(SIGSTOP);
}

static void descriptors_and_their_limit(void **state)
{
	pid_t pid = child_start(opens_seven);
	struct doing doing;
	int status;

	(void)state;
	must(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	assert_int_equal(doing_read(pid, 0, &doing), 0);
	assert_true(doing.fds_known);
	assert_int_equal(doing.fds, 7);
	assert_true(doing.limit_known);
	assert_int_equal(doing.fd_limit, 333);
	assert_int_equal(doing.threads, 1);
	doing_free(&doing);
	child_end(pid);
}

/* Reads the test process itself, which belongs to root: the reader may not trace it. */
static void reads_without_permission(void)
{
	struct stat fds;
	struct doing doing;

	must(!stat("/proc/self/fd", &fds));
	must(!setegid(65534) && !seteuid(65534));
	assert_int_equal(doing_read(getppid(), 0, &doing), 0);
	assert_int_equal(doing.threads, 1);
	assert_int_equal(doing.count, 1);
	check_group(&doing, 0, "", -1, 1);
	assert_int_equal(doing.fds_known, fds.st_size > 0); /* since 6.2 */
	assert_true(doing.limit_known);
	doing_free(&doing);
}

static void without_permission(void **state)
{
	pid_t pid = child_start(reads_without_permission);
	int status;

	(void)state;
	must(waitpid(pid, &status, 0) == pid);
	assert_int_equal(status, 0);
}

#ifdef __x86_64__
/* A 32-bit x86 program: number 29 is pause(2) there, and shmget(2) on x86-64. */
static const struct {
	Elf32_Ehdr file;
	Elf32_Phdr segment;
	unsigned char code[12];
} i386 = {
	.file = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
                 .e_type = ET_EXEC,
                 .e_machine = EM_386,
                 .e_version = EV_CURRENT,
                 .e_entry = 0x8048000 + sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr),
                 .e_phoff = sizeof(Elf32_Ehdr),
                 .e_ehsize = sizeof(Elf32_Ehdr),
                 .e_phentsize = sizeof(Elf32_Phdr),
                 .e_phnum = 1},
	.segment = {.p_type = PT_LOAD,
                    .p_vaddr = 0x8048000,
                    .p_filesz = sizeof(i386),
                    .p_memsz = sizeof(i386),
                    .p_flags = PF_R | PF_X,
                    .p_align = 0x1000},
	/* 1: mov $29, %eax; int $0x80; jmp 1b */
	.code = {0xb8, 29, 0, 0, 0, 0xcd, 0x80, 0xeb, 0xf7},
};

static void runs_i386(void)
{
	char *const none[] = {NULL};
	int fd = memfd_create("i386", MFD_CLOEXEC);

	must(write(fd, &i386, sizeof(i386)) == sizeof(i386));
	fexecve(fd, none, none);
	_exit(errno == ENOEXEC ? 77 : 1);
}

static void foreign_numbers_stay_numbers(void **state)
{
	pid_t pid = child_start(runs_i386);
	struct doing doing;
	int status = 0;

	(void)state;
	while (!waitpid(pid, &status, WNOHANG) && threads_in(pid, 29) != 1)
		sched_yield();
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("skipped: the kernel runs no programs of the i386\n");
		skip();
	}
	assert_int_equal(doing_read(pid, 0, &doing), 0);
	assert_int_equal(doing.count, 1);
	check_group(&doing, 0, "syscall 29", -1, 1);
	doing_free(&doing);
	child_end(pid);
}
#endif

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_in_groups),
		cmocka_unit_test(an_fd_is_a_group),
		cmocka_unit_test(start_tells_processes_apart),
		cmocka_unit_test(exited),
		cmocka_unit_test(leader_has_exited),
		cmocka_unit_test(descriptors_and_their_limit),
		cmocka_unit_test(without_permission),
#ifdef __x86_64__
		cmocka_unit_test(foreign_numbers_stay_numbers),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
