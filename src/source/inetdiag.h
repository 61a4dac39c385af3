/* SPDX-License-Identifier: BSD-2-Clause */
/* One answer of inet_diag, read into the sample that facts carry. */
#ifndef TCPTRAIL_SOURCE_INETDIAG_H
#define TCPTRAIL_SOURCE_INETDIAG_H

#include <linux/netlink.h>

#include "fact.h"

/*
 * Fills all of *sample from a SOCK_DIAG_BY_FAMILY answer, but netns (left 0).
 * 0, or -EBADMSG when the message is too short to be one.
 */
int inetdiag_sample(const struct nlmsghdr *message, struct fact_sample *sample);

#endif
