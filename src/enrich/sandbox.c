/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#define CPU_MAX   3600 /* s, for the life of a reader; it is replaced long before */
#define FDS_TRIED 4096
#define FILE_MOST (1ULL << 30) /* size of files that it writes: copies in memory */

/* --- what it has from its parent -------------------------------------------------------------- */

static void close_from_to(unsigned int first, unsigned int last)
{
	if (first > last || !syscall(SYS_close_range, first, last, 0))
		return;
	for (unsigned int fd = first; fd <= last && fd < FDS_TRIED; fd++) /* before 5.9 */
		close((int)fd);
}

/* The parent's other fds would keep BPF programs attached and pipes open. */
bool sandbox_keep_fds(const int *keep, int count)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	int last = 2;

	for (int fd = 0; fd < 3; fd++)
		if (dup2(nothing, fd) != fd)
			return false;
	for (;;) {
		int next = INT_MAX;

		for (int i = 0; i < count; i++)
			if (keep[i] > last && keep[i] < next)
				next = keep[i];
		close_from_to((unsigned int)last + 1, (unsigned int)next - 1);
		if (next == INT_MAX)
			return true;
		last = next;
	}
}

bool sandbox_die_with_parent(int parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return getppid() == parent;
}

/* Unmaps the ring buffers of facts: an attacker who controls this process could write to them. */
static int unmap_shared(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	unsigned long start, end;
	char *line = NULL, mode[5];
	size_t room = 0;

	if (!file)
		return -errno;
	while (getline(&line, &room, file) >= 0)
		if (sscanf(line, "%lx-%lx %4s", &start, &end, mode) == 3 && mode[3] == 's')
			munmap((void *)start, end - start);
	free(line);
	fclose(file);
	return 0;
}

/* --- limits ----------------------------------------------------------------------------------- */

static void set_limit(int resource, uint64_t most)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return;
	if (limit.rlim_max < most)
		most = limit.rlim_max;
	limit.rlim_cur = limit.rlim_max = most;
	setrlimit(resource, &limit);
}

static uint64_t memory_now(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file)
		return 0;
	if (fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

void sandbox_limit(uint64_t memory, uint64_t files)
{
	set_limit(RLIMIT_AS, memory_now() + memory);
	set_limit(RLIMIT_NOFILE, files);
	set_limit(RLIMIT_CORE, 0); /* a core file would contain other users' data */
}

void sandbox_limit_cpu(unsigned int seconds)
{
	const struct itimerval timer = {.it_value = {.tv_sec = seconds}};

	setitimer(ITIMER_PROF, &timer, NULL); /* SIGPROF ends the process */
}

static void set_final_limits(void)
{
	sigset_t set;

	signal(SIGPROF, SIG_DFL);
	signal(SIGXCPU, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGPROF);
	sigaddset(&set, SIGXCPU);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	set_limit(RLIMIT_CPU, CPU_MAX);
	set_limit(RLIMIT_FSIZE, FILE_MOST);
	set_limit(RLIMIT_NPROC, 0);
}

/*
 * If the program file has capabilities, the process is not dumpable and root owns its /proc/self.
 * To be dumpable for a moment is safe: until the capabilities are gone nobody else may trace it.
 */
static int become_first_oom_victim(void)
{
	int fd, err = 0;

	prctl(PR_SET_DUMPABLE, 1);
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1000", 4) != 4)
		err = -errno;
	if (fd >= 0)
		close(fd);
	prctl(PR_SET_DUMPABLE, 0);
	return err;
}

static int drop_capabilities(void)
{
	cap_t none = cap_init();
	int err = 0;

	if (!none || cap_reset_ambient() || cap_set_proc(none) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	cap_free(none);
	return err;
}

/* --- system calls ----------------------------------------------------------------------------- */

/* Used by libc, libelf and libdw. Names that the architecture lacks are skipped. */
static const char *const allowed[] = {
	"read",
	"pread64",
	"readv",
	"lseek",
	"_llseek",
	"write",
	"fstat",
	"fstat64",
	"newfstatat",
	"fstatat64",
	"statx",
	"close",
	"recvfrom",
	"recvmsg",
	"recv",
	"sendto",
	"sendmsg",
	"send",
	"brk",
	"munmap",
	"mremap",
	"madvise",
	"memfd_create",
	"futex",
	"clock_gettime",
	"getrandom",
	"gettimeofday",
	"clock_gettime64",
	"setitimer",
	"exit",
	"exit_group",
	"setsockopt",
	"clock_getres",
	"rt_sigreturn",
	"rt_sigprocmask",
	"sigaltstack", /* AddressSanitizer needs it */
	"getpid",
	"gettid",
	"sched_yield",
	"restart_syscall",
};

/*
 * Libraries call these for files that an ELF file names (.dwo, dwz) and can do without. They fail
 * with EACCES.
 */
static const char *const refused[] = {
	"open",      "openat",     "openat2",   "stat",
	"lstat",     "stat64",     "lstat64",   "access",
	"faccessat", "faccessat2", "readlink",  "readlinkat",
	"getcwd",    "ioctl",      "prlimit64", "sched_getaffinity",
	"sysinfo",   "uname",
};

static int add_rules(scmp_filter_ctx filter, uint32_t action, const char *const *names,
                     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int number = seccomp_syscall_resolve_name(names[i]), err;

		if (number == __NR_SCMP_ERROR || number < 0)
			continue; /* not a system call of this architecture */
		err = seccomp_rule_add(filter, action, number, 0);
		if (err)
			return err;
	}
	return 0;
}

/* No new executable memory, and no changes of fds. */
static int add_narrow_rules(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	int err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code);

	if (!err)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code);
	/* libelf checks whether an fd is open, and its mode. */
	if (!err)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
		                       SCMP_A1(SCMP_CMP_EQ, F_GETFD));
	if (!err)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
		                       SCMP_A1(SCMP_CMP_EQ, F_GETFL));
	return err;
}

static int filter_calls(void)
{
	uint32_t action = SECCOMP_RET_KILL_PROCESS;
	scmp_filter_ctx filter;
	int err;

	/* libseccomp does not say why the kernel refuses, so try first. */
	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action))
		return -errno;
	filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	err = filter ? 0 : -ENOMEM;
	if (!err)
		err = add_rules(filter, SCMP_ACT_ALLOW, allowed,
		                sizeof(allowed) / sizeof(*allowed));
	if (!err)
		err = add_rules(filter, SCMP_ACT_ERRNO(EACCES), refused,
		                sizeof(refused) / sizeof(*refused));
	if (!err)
		err = add_narrow_rules(filter);
	if (!err)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err;
}

int sandbox_enter(void)
{
	int err = unmap_shared();

	if (!err)
		err = become_first_oom_victim();
	if (err)
		return err;
	set_final_limits();
	err = drop_capabilities();
	return err ? err : filter_calls();
}
