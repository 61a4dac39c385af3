/* SPDX-License-Identifier: BSD-2-Clause */
/* What a network namespace's kernel counts and how it is set: what rules compare sockets with. */
#ifndef TCPTRAIL_TABLE_HOST_H
#define TCPTRAIL_TABLE_HOST_H

#include "table/table.h"

/*
 * Orphans and timewait sockets are numbers of now, of /proc/net/sockstat; the others only grow.
 * Orphans are those of the whole host (sockstat_seq_show() of net/ipv4/proc.c), as is their limit,
 * which can be read in the initial namespace only (6.18).
 * So are pages of memory. Of connection tracking the entries are a number of now, too.
 */
enum counter {
	COUNTER_NONE,
#define COUNTER(id, name) COUNTER_##id,
#include "fact/counters.h"
#undef COUNTER
	COUNTER_COUNT
};

/* false: it is a number of now. */
bool counter_only_grows(enum counter counter);

/* Below /proc/sys/net, by their names there (setting_path). */
enum setting {
	SETTING_NONE,
	SETTING_LOCAL_PORT_RANGE,
	SETTING_SOMAXCONN,
	SETTING_MAX_SYN_BACKLOG,
	SETTING_SYNCOOKIES,
	SETTING_SYN_RETRIES,
	SETTING_SYNACK_RETRIES,
	SETTING_RETRIES2,
	SETTING_ORPHAN_RETRIES,
	SETTING_MAX_ORPHANS,
	SETTING_FIN_TIMEOUT,
	SETTING_MAX_TW_BUCKETS,
	SETTING_TW_REUSE,
	SETTING_KEEPALIVE_TIME,
	SETTING_ABORT_ON_OVERFLOW,
	SETTING_SYN_LINEAR_TIMEOUTS, /* since 6.5 */
	SETTING_CONNTRACK_MAX,       /* of each namespace the same number, up to 6.18 at least */
	SETTING_TCP_MEM,             /* pages, of the whole host; in the initial namespace only */
	SETTING_COUNT
};

/* "ipv4/tcp_fin_timeout" */
const char *setting_path(enum setting setting);
/* "net.ipv4.tcp_fin_timeout", as sysctl(8) has it; buf of 64 */
const char *setting_name(enum setting setting, char buf[64]);

/* Its text in the namespace; NULL: not known. */
const char *table_setting(const struct table *table, uint32_t netns, enum setting setting);
/* Its first number; false: not known. */
bool table_setting_number(const struct table *table, uint32_t netns, enum setting setting,
                          uint64_t *number);

/* First and last port that connect() takes by itself (ip_local_port_range); false: not known. */
bool table_local_ports(const struct table *table, uint32_t netns, uint32_t *low, uint32_t *high);

/* A counter's newest value, and by how much it has grown since it was first told. false: not known. */
bool table_counter(const struct table *table, uint32_t netns, enum counter counter, uint64_t *now,
                   uint64_t *grown);

#endif
