/* SPDX-License-Identifier: BSD-2-Clause */
/* Which capabilities are used once all is attached, and giving up the others. The only user of libcap. */
#ifndef TCPTRAIL_PRIVILEGE_H
#define TCPTRAIL_PRIVILEGE_H

#include "base/diag.h"

/*
 * Gives up all capabilities that are not used from here on, and the ways back
 * to them. Of the calling thread: call it before there are others, which
 * inherit what is left. 0, or -errno with diag: it still has them, and a run
 * can go on.
 */
int privilege_drop(struct diag *diag);

/* Says what is out of sight for want of a capability; "" if nothing is. */
void privilege_shortfall(struct diag *shortfall);

#endif
