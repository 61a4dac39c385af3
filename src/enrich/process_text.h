/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the files of /proc/PID, and what they say. */
#ifndef TCPTRAIL_ENRICH_PROCESS_TEXT_H
#define TCPTRAIL_ENRICH_PROCESS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

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

/* As process_stat_at of "stat", and -ESRCH if it did not start then (as process_read says). */
int process_check_at(int dir, uint64_t start, struct process_stat *stat);

/* Up to size - 1 bytes of a file, then NUL. Bytes read, or -errno and "". */
ssize_t process_read_file(int dir, const char *path, char *text, size_t size);

/* Not when only its first thread has ended. */
bool process_has_exited(const struct process_stat *stat);

/*
 * Picks the path of /proc/PID/cgroup that names the container: cgroup v2's, unless that is "/" or
 * systemd's v1 hierarchy knows better; else the first of v1 that is not "/", systemd's before
 * pids, memory, devices and the others. "/" if all are; "" if none fits. text is written to.
 */
void process_parse_cgroup(char *text, char *path, size_t size);

#endif
