/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel says about a connection that need not have an fd: sock_diag, else /proc/net. */
#ifndef SCENARIO_KERNEL_H
#define SCENARIO_KERNEL_H

#include "sock.h"

#include <stdbool.h>
#include <stdint.h>

struct sighting {
	int state; /* TCP_ESTABLISHED..; a request socket is TCP_SYN_RECV, a mini-socket its substate */
	uint64_t cookie; /* 0 when only /proc answered */
	uint32_t inode;  /* 0 without an fd */
	uint32_t rq;     /* bytes; a FIN counts one; on a listener: accept queue */
	uint32_t wq;     /* bytes; on a listener: backlog */
	uint32_t retrans;
	uint32_t uid;
};

/* Look in the current network namespace. False: there is no such socket. */
bool kernel_find(const union address *local, const union address *remote, struct sighting *out);

const char *state_name(int state); /* as netstat spells it; "GONE" for 0 */

/* One counter of /proc/self/net/snmp or netstat, e.g. "TcpExt", "TCPTimeouts"; -1 if unknown. */
long kernel_counter(const char *section, const char *name);

#endif
