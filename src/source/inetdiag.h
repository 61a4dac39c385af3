/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses one answer of inet_diag into the sample that facts carry. */
#ifndef TCPTRAIL_SOURCE_INETDIAG_H
#define TCPTRAIL_SOURCE_INETDIAG_H

#include <linux/netlink.h>

#include "fact.h"

/*
 * Fills *sample from a SOCK_DIAG_BY_FAMILY answer, except netns (0). 0, or -EBADMSG if the message
 * is too short.
 */
int inetdiag_sample(const struct nlmsghdr *message, struct fact_sample *sample);

#endif
