/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel counts, and how it is set, in the network namespace that the calling thread is
 * in. The files are world-readable.
 */
#ifndef TCPTRAIL_ENRICH_HOST_H
#define TCPTRAIL_ENRICH_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/host.h"

#define HOST_SETTING_SIZE 256

struct host_counts {
	uint64_t value[COUNTER_COUNT];
	bool known[COUNTER_COUNT]; /* kernels differ in what they count */
};

/* 0 or -errno of a file that cannot be read; what the others tell is known then. */
int host_read_counts(struct host_counts *counts);

/*
 * May the namespace have a TCP socket that is in a hash table of the kernel? Costs two small files
 * instead of a scan of the tables. Where they cannot be read: true.
 */
bool host_may_have_tcp(void);
/* Does net/sockstat or sockstat6 count any, mini-sockets included, or tell nothing of that? */
bool host_parse_has_tcp(const char *text);

/* As sysctl(8) prints it, with one blank between numbers. 0 or -errno; -ENOENT: not here. */
int host_read_setting(enum setting setting, char text[HOST_SETTING_SIZE]);

/* Add what is told by /proc/net/netstat and snmp, or by sockstat. */
void host_parse_counts(FILE *in, struct host_counts *counts);
void host_parse_sockstat(FILE *in, struct host_counts *counts);

#endif
