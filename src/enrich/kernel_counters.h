/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's counters and settings in the network namespace that the calling thread is in. Every
 * user may read these files.
 */
#ifndef TCPTRAIL_ENRICH_KERNEL_COUNTERS_H
#define TCPTRAIL_ENRICH_KERNEL_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "fact/counter.h"
#include "fact/setting.h"

#define KERNEL_SETTING_SIZE 256

struct kernel_counters {
	uint64_t value[COUNTER_COUNT];
	bool known[COUNTER_COUNT]; /* kernels have different counters */
};

/*
 * Reads all counters. 0, or -errno of a file that cannot be read; the counters of the other files
 * are known then.
 */
int kernel_counters_read(struct kernel_counters *counts);

/*
 * How many TCP sockets of the namespace are in the kernel's hash tables: full sockets, listeners
 * and mini-sockets, but no request sockets. Reads two small files instead of the whole tables. 0 or
 * -errno.
 */
int kernel_count_tcp(uint64_t *count);
/* Parses the number from net/sockstat or sockstat6. 0; -ENODATA: it is not there. */
int kernel_parse_tcp_count(const char *text, uint64_t *count);

/*
 * Reads a setting as sysctl(8) prints it, with one blank between numbers. 0 or -errno; -ENOENT:
 * this kernel does not have it.
 */
int kernel_setting_read(enum setting setting, char text[KERNEL_SETTING_SIZE]);

/* Each adds the counters of one kind of file: /proc/net/netstat and snmp; sockstat. */
void kernel_counters_parse(FILE *in, struct kernel_counters *counts);
void kernel_counters_parse_sockstat(FILE *in, struct kernel_counters *counts);
/* /proc/sys/net/netfilter/nf_conntrack_count; /proc/net/stat/nf_conntrack. */
void kernel_counters_parse_conntrack(FILE *in, struct kernel_counters *counts);
void kernel_counters_parse_conntrack_stat(FILE *in, struct kernel_counters *counts);

#endif
