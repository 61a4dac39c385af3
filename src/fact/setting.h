/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's settings (sysctl) of a network namespace that rules look at: keys of NAME_SETTING.
 */
#ifndef TCPTRAIL_FACT_SETTING_H
#define TCPTRAIL_FACT_SETTING_H

/* Files below /proc/sys/net; setting_path() has their names. */
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
	SETTING_CONNTRACK_MAX,       /* the same number in each namespace, up to 6.18 at least */
	SETTING_TCP_MEM,             /* pages of the whole host; only in the initial namespace */
	SETTING_COUNT
};

/* "ipv4/tcp_fin_timeout" */
const char *setting_path(enum setting setting);
/* "net.ipv4.tcp_fin_timeout", as sysctl(8) prints it */
const char *setting_name(enum setting setting, char buf[64]);

#endif
