/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the threads of a process are doing now, and how many file descriptors it has of how many it
 * may have: why nobody accepts, reads or closes. All is from /proc; nothing is stopped or traced.
 */
#ifndef TCPTRAIL_ENRICH_DOING_H
#define TCPTRAIL_ENRICH_DOING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Threads in the same syscall, on the same file descriptor where it names one. */
struct doing_group {
	/*
	 * "epoll_wait"; "syscall 29": its number, where a name might be wrong (32-bit processes,
	 * numbers newer than our headers); "running": on a CPU or waiting for one, inside of a
	 * syscall or not; "none": asleep outside of one (a page fault), or exited while other
	 * threads live on; "": could not be told, which mostly is for want of ptrace access.
	 */
	char syscall[24];
	int fd; /* its first argument, -1: that is none */
	unsigned int threads;
};

struct doing {
	unsigned int threads; /* all, also those beyond the first 16384, which are in no group */
	unsigned int fds;     /* open ones, if fds_known */
	uint64_t fd_limit;    /* soft RLIMIT_NOFILE, if limit_known; UINT64_MAX: unlimited */
	bool fds_known;
	bool limit_known;
	struct doing_group *groups; /* most threads first */
	size_t count;
};

/*
 * start: of the process, in ns as task_struct.start_boottime of its leader has it; 0: not known.
 * *doing is freed by doing_free. 0; -ESRCH: it has exited, or another has its pid by now; another
 * -errno.
 */
int doing_read(uint32_t pid, uint64_t start, struct doing *doing);
void doing_free(struct doing *doing);

#endif
