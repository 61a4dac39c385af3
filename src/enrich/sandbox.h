/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a process gives up before it reads what others wrote: capabilities, system calls,
 * memory, time. The only user of libseccomp.
 */
#ifndef TCPTRAIL_ENRICH_SANDBOX_H
#define TCPTRAIL_ENRICH_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Closes all fds but those in keep, none of which is stdin, stdout or stderr: they become
 * /dev/null. false: they cannot be.
 */
bool sandbox_keep_fds(const int *keep, int count);
/* The process ends with its parent, which must be this one still. */
bool sandbox_die_with_parent(int parent);
/* For good: memory beyond what is there now, bytes; no core; RLIMIT_NOFILE at most files. */
void sandbox_limit(uint64_t memory, uint64_t files);
/*
 * No capability, no memory shared with others, the first to go when memory runs out, no
 * system call but those that reading, sending and allocating take. -errno: it is not safe.
 */
int sandbox_enter(void);

/* Ends the process unless it is called again within so much CPU time of it; 0: no more. */
void sandbox_limit_cpu(unsigned int seconds);

#endif
