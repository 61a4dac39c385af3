/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses what the files of /proc/PID say. */
#ifndef TCPTRAIL_ENRICH_PROCESS_TEXT_H
#define TCPTRAIL_ENRICH_PROCESS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct process_stat {
	char comm[16]; /* cut: kernel workers have more than 15 bytes there (fs/proc/array.c) */
	char state;    /* R, S, D, Z, ... */
	bool kernel;   /* a kernel thread */
	uint32_t threads;
	uint64_t start_ticks;
};

/* Parses the text of /proc/PID/stat. false: it has another form; *stat is unchanged. */
bool process_parse_stat(const char *text, struct process_stat *stat);

/* Have all threads ended? If only the first one has, its state is "Z" too. */
bool process_has_exited(const struct process_stat *stat);

/*
 * Chooses, from the text of /proc/PID/cgroup, the path that names the container. The path of cgroup
 * v2, unless it is "/" or the systemd hierarchy of v1 has a path outside of it. Else the first path
 * of v1 that is not "/": systemd's, pids, memory, devices, cpu, others. "/": all are "/". "": none
 * fits. Modifies text.
 */
void process_parse_cgroup(char *text, char *path, size_t size);

/* Removes the " (deleted)" that the kernel adds to a path. Returns whether it was there. */
bool process_cut_deleted(char *path);

#endif
