/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel says about a connection that may have no fd: from sock_diag, else from /proc/net.
 */
#ifndef SCENARIO_KERNEL_H
#define SCENARIO_KERNEL_H

#include "sock.h"

#include <stdbool.h>
#include <stdint.h>

struct sighting {
	int state; /* TCP_ESTABLISHED..; a request socket is TCP_SYN_RECV, a mini-socket its substate */
	uint64_t cookie; /* 0 if only /proc answered */
	uint32_t inode;  /* 0 without an fd */
	uint32_t rq;     /* bytes; a FIN counts as one; on a listener: accept queue */
	uint32_t wq;     /* bytes; on a listener: backlog */
	uint32_t retrans;
	uint32_t uid;
};

/* Looks in the current network namespace. false: there is no such socket. */
bool kernel_find(const union address *local, const union address *remote, struct sighting *out);

const char *state_name(int state); /* as netstat spells it; "GONE" for 0 */

/*
 * One counter of /proc/self/net/snmp or netstat, for example "TcpExt", "TCPTimeouts"; -1: unknown.
 */
long kernel_counter(const char *section, const char *name);

#endif
