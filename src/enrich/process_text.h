/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the texts of /proc/PID. */
#ifndef TCPTRAIL_ENRICH_PROCESS_TEXT_H
#define TCPTRAIL_ENRICH_PROCESS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct process_stat {
	char comm[16]; /* cut: workers of the kernel tell more than 15 bytes (fs/proc/array.c) */
	char state;    /* R, S, D, Z, ... */
	bool kernel;   /* a kernel thread */
	uint32_t threads;
	uint64_t start_ticks;
};

/* Reads /proc/PID/stat. false: it is none; *stat is untouched. */
bool process_parse_stat(const char *text, struct process_stat *stat);

/* Reads it from the file: 0, -ESRCH (the process is gone), -EPROTO (not of that form), -errno. */
int process_stat_at(int dir, const char *path, struct process_stat *stat);

/* Not when only its first thread has ended. */
bool process_has_exited(const struct process_stat *stat);

/*
 * Picks the path of /proc/PID/cgroup that names the container: cgroup v2's, unless that is "/" or
 * systemd's v1 hierarchy knows better; else the first of v1 that is not "/", systemd's before
 * pids, memory, devices and the others. "/" if all are; "" if none fits. text is written to.
 */
void process_parse_cgroup(char *text, char *path, size_t size);

#endif
