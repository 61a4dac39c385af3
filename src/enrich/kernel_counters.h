/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel counts, and how it is set, in the network namespace that the calling thread is
 * in. The files are world-readable.
 */
#ifndef TCPTRAIL_ENRICH_KERNEL_COUNTERS_H
#define TCPTRAIL_ENRICH_KERNEL_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "table/host.h"

#define KERNEL_SETTING_SIZE 256

struct kernel_counters {
	uint64_t value[COUNTER_COUNT];
	bool known[COUNTER_COUNT]; /* kernels differ in what they count */
};

/* 0 or -errno of a file that cannot be read; what the others tell is known then. */
int kernel_counters_read(struct kernel_counters *counts);

/*
 * How many TCP sockets the kernel's hash tables have in the namespace: full ones, listeners and
 * mini-sockets, not request sockets. Costs two small files instead of a scan of the tables. 0 or
 * -errno.
 */
int kernel_count_tcp(uint64_t *count);
/* The same, of net/sockstat or sockstat6 alone. 0, or -ENODATA: it does not tell. */
int kernel_parse_tcp_count(const char *text, uint64_t *count);

/* As sysctl(8) prints it, with one blank between numbers. 0 or -errno; -ENOENT: not here. */
int kernel_setting_read(enum setting setting, char text[KERNEL_SETTING_SIZE]);

/* Add what is told by /proc/net/netstat and snmp, or by sockstat. */
void kernel_counters_parse(FILE *in, struct kernel_counters *counts);
void kernel_counters_parse_sockstat(FILE *in, struct kernel_counters *counts);
/* ... by /proc/sys/net/netfilter/nf_conntrack_count, by /proc/net/stat/nf_conntrack. */
void kernel_counters_parse_conntrack(FILE *in, struct kernel_counters *counts);
void kernel_counters_parse_conntrack_stat(FILE *in, struct kernel_counters *counts);

#endif
