/* SPDX-License-Identifier: BSD-2-Clause */
#include "fact/setting.h"

#include <stdio.h>

static const char *const paths[] = {
	[SETTING_NONE] = "",
	[SETTING_LOCAL_PORT_RANGE] = "ipv4/ip_local_port_range",
	[SETTING_SOMAXCONN] = "core/somaxconn",
	[SETTING_MAX_SYN_BACKLOG] = "ipv4/tcp_max_syn_backlog",
	[SETTING_SYNCOOKIES] = "ipv4/tcp_syncookies",
	[SETTING_SYN_RETRIES] = "ipv4/tcp_syn_retries",
	[SETTING_SYNACK_RETRIES] = "ipv4/tcp_synack_retries",
	[SETTING_RETRIES2] = "ipv4/tcp_retries2",
	[SETTING_ORPHAN_RETRIES] = "ipv4/tcp_orphan_retries",
	[SETTING_MAX_ORPHANS] = "ipv4/tcp_max_orphans",
	[SETTING_FIN_TIMEOUT] = "ipv4/tcp_fin_timeout",
	[SETTING_MAX_TW_BUCKETS] = "ipv4/tcp_max_tw_buckets",
	[SETTING_TW_REUSE] = "ipv4/tcp_tw_reuse",
	[SETTING_KEEPALIVE_TIME] = "ipv4/tcp_keepalive_time",
	[SETTING_ABORT_ON_OVERFLOW] = "ipv4/tcp_abort_on_overflow",
	[SETTING_SYN_LINEAR_TIMEOUTS] = "ipv4/tcp_syn_linear_timeouts",
	[SETTING_CONNTRACK_MAX] = "netfilter/nf_conntrack_max",
	[SETTING_TCP_MEM] = "ipv4/tcp_mem",
};
_Static_assert(sizeof(paths) / sizeof(paths[0]) == SETTING_COUNT, "a path for each setting");

const char *setting_path(enum setting setting)
{
	return setting < SETTING_COUNT ? paths[setting] : "";
}

const char *setting_name(enum setting setting, char buf[64])
{
	snprintf(buf, 64, "net.%s", setting_path(setting));
	for (char *at = buf; *at; at++)
		if (*at == '/')
			*at = '.';
	return buf;
}
