/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sock_diag (netlink): dumps of one network namespace and point
 * look-ups. Needs no privilege for the caller's own namespace. Works in the
 * namespace the calling thread is in. (net/ipv4/inet_diag.c, 5.8..7.2.)
 */
#ifndef TCPTRAIL_SOURCE_SOCKDIAG_H
#define TCPTRAIL_SOURCE_SOCKDIAG_H

#include <stdint.h>

#include "source/source.h"

struct sockdiag;

/* Opens a socket in the present namespace, whose inode is netns. 0 or -errno with diag. */
int sockdiag_open(struct sockdiag **sockdiag, uint32_t netns, struct diag *diag);
void sockdiag_close(struct sockdiag *sockdiag);

/*
 * Dumps both families, all states: WALK_BEGIN, a FACT_SEEN each (sk 0), WALK_END.
 * No WALK_END on failure. 0 or -errno with diag (module missing, refused, ...).
 */
int sockdiag_walk(struct sockdiag *sockdiag, const struct fact_sink *sink, struct diag *diag);

/*
 * Asks for the mini-socket with want's tuple, family and cookie; emits
 * FACT_SEEN (SAMPLE_POINT) if it is there, FACT_GONE (with want) if not. A
 * listener that the kernel falls back to is not it. 0 or -errno.
 */
int sockdiag_lookup(struct sockdiag *sockdiag, const struct fact_sample *want,
                    const struct fact_sink *sink);

#endif
