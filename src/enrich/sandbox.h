/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a process gives up before it reads files of other users: capabilities, system calls, memory,
 * time. The only user of libseccomp.
 */
#ifndef TCPTRAIL_ENRICH_SANDBOX_H
#define TCPTRAIL_ENRICH_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Closes all fds except those in keep, and makes stdin, stdout and stderr /dev/null; keep must not
 * contain these. false: failed.
 */
bool sandbox_keep_fds(const int *keep, int count);
/* Makes the process end with its parent. false: the parent has ended already. */
bool sandbox_die_with_parent(int parent);
/* Limits for good: memory, in bytes beyond the current size; open files; no core file. */
void sandbox_limit(uint64_t memory, uint64_t files);
/*
 * Gives up all capabilities, memory shared with other processes, and all system calls but those for
 * reading, sending and allocating. Makes this process the first that the OOM killer takes. 0, or
 * -errno: the process is not safe.
 */
int sandbox_enter(void);

/*
 * The process ends when it has used this much CPU time, unless this is called again; 0: no limit.
 */
void sandbox_limit_cpu(unsigned int seconds);

#endif
