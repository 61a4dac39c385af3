/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sock_diag (netlink): dumps and point lookups of one network namespace, the one that the calling
 * thread is in. Needs no privilege for the caller's own namespace. (net/ipv4/inet_diag.c,
 * 5.8..7.2.)
 */
#ifndef TCPTRAIL_SOURCE_SOCKDIAG_H
#define TCPTRAIL_SOURCE_SOCKDIAG_H

#include <stdint.h>

#include "source/source.h"

struct sockdiag;

/* Opens a netlink socket in the current namespace; netns is its inode. 0 or -errno with diag. */
int sockdiag_open(struct sockdiag **sockdiag, uint32_t netns, struct diag *diag);
void sockdiag_close(struct sockdiag *sockdiag);

/*
 * Dumps both families and all states: WALK_BEGIN, a FACT_SEEN each (sk 0), WALK_END. On failure
 * there is no WALK_END. 0, or -errno with diag (module missing, refused, ...).
 */
int sockdiag_walk(struct sockdiag *sockdiag, const struct fact_sink *sink, struct diag *diag);

/*
 * Looks up the socket with the cookie of target, or the mini-socket with its tuple and family. Emits
 * FACT_SEEN (SAMPLE_POINT) if it exists, FACT_GONE (with target) if not. A listener that the kernel
 * returns instead does not count. 0 or -errno.
 */
int sockdiag_lookup(struct sockdiag *sockdiag, const struct fact_sample *target,
                    const struct fact_sink *sink);

#endif
