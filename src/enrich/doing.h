/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the threads of a process are doing now, and how many file descriptors it has and may have:
 * why nobody accepts, reads or closes. All comes from /proc; no thread is stopped or traced.
 */
#ifndef TCPTRAIL_ENRICH_DOING_H
#define TCPTRAIL_ENRICH_DOING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Threads in the same syscall, on the same file descriptor if the syscall takes one. */
struct doing_group {
	/*
	 * "epoll_wait"; "syscall 29": the number, where a name might be wrong (32-bit processes,
	 * numbers newer than our headers); "running": on a CPU or waiting for one, in a syscall or
	 * not; "none": asleep outside of a syscall (a page fault), or exited while other threads
	 * live on; "": unknown, mostly because ptrace access is missing.
	 */
	char syscall[24];
	int fd; /* the first argument; -1: it is no fd */
	unsigned int threads;
};

struct doing {
	unsigned int threads; /* all threads; only the first 16384 are in a group */
	unsigned int fds;     /* open fds, if fds_known */
	uint64_t fd_limit;    /* soft RLIMIT_NOFILE, if limit_known; UINT64_MAX: unlimited */
	bool fds_known;
	bool limit_known;
	struct doing_group *groups; /* most threads first */
	size_t count;
};

/*
 * start: when the process started, in ns, as task_struct.start_boottime of its leader; 0: not
 * known. doing_free() frees *doing. 0; -ESRCH: it has exited, or another process has its pid;
 * another -errno.
 */
int doing_read(uint32_t pid, uint64_t start, struct doing *doing);
void doing_free(struct doing *doing);

#endif
