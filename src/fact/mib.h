/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's counters of protocols (MIBs) as /proc/net has them. A name joins section and column,
 * as in nstat(8): TcpExtListenOverflows. These functions take any bytes.
 */
#ifndef TCPTRAIL_FACT_MIB_H
#define TCPTRAIL_FACT_MIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIB_NAME_SIZE 64 /* with NUL; a longer name is skipped, the longest of Linux 7.2 has 35 */

struct mib_counter {
	char name[MIB_NAME_SIZE]; /* letters, digits and "_" */
	size_t section;           /* bytes of the name that are its section; 0: not known */
	uint64_t value;           /* a negative one as two's complement */
};

/* 0 or -errno, which ends the reading. */
typedef int mib_fn(const struct mib_counter *counter, void *arg);

/*
 * /proc/net/snmp and netstat: pairs of lines, first the names. 0, or what fn returns; -EPROTO: the
 * lines are not such pairs; fn has got what was before. A line without an end may be cut: it does
 * not count.
 */
int mib_parse_pairs(const char *text, size_t size, mib_fn *fn, void *arg);
/*
 * /proc/net/snmp6 and sctp/snmp: a name and a value on each line. Lines of another form are
 * skipped.
 */
int mib_parse_lines(const char *text, size_t size, mib_fn *fn, void *arg);

/*
 * /proc/net/dev: fn gets the name of each interface and its values, in the order of mib_device_names:
 * the numbers of dev_seq_printf_stats(), net/core/net-procfs.c, which netstat prints.
 */
#define MIB_DEVICE_VALUES 16
#define MIB_DEVICE_NAME   16 /* IFNAMSIZ, with NUL */
extern const char *const mib_device_names[MIB_DEVICE_VALUES];
typedef int mib_device_fn(const char *device, const uint64_t values[MIB_DEVICE_VALUES], void *arg);
int mib_parse_devices(const char *text, size_t size, mib_device_fn *fn, void *arg);

/* Has it only letters, digits and "_", and the length of a name? Those of a recording may not. */
bool mib_is_name(const char *name);
/* Bytes of the section that a joined name begins with, of those that Linux has. 0: none. */
size_t mib_section(const char *name);
/* Is it a present number or a setting, which also falls? The others only grow. */
bool mib_is_now(const char *name);

/*
 * How much a counter that only grows has grown. If it fell, it began anew from 0, or it is one of 32
 * bits that wrapped: then `before` was in the upper half of 32 bits, and `now` is in the lower.
 */
uint64_t mib_growth(uint64_t before, uint64_t now);

#endif
