/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads who has which socket open, for listings: by BPF where that is possible, else from /proc. */
#ifndef TCPTRAIL_SESSION_OWNERS_H
#define TCPTRAIL_SESSION_OWNERS_H

#include "list/holders.h"

struct owners {
	struct list_holders *holders; /* of all network namespaces; free with list_holders_free() */
	unsigned int unreadable;      /* processes whose fds cannot be read for lack of a right */
	bool none;                    /* no socket of any process could be read, for that reason */
};

/* Reads now. 0, or -errno, and *owners is unchanged. */
int owners_read(struct owners *owners);

#endif
