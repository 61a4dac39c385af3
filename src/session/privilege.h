/* SPDX-License-Identifier: BSD-2-Clause */
/* Which capabilities are used once all is attached, and giving up the others. The only user of libcap. */
#ifndef TCPTRAIL_SESSION_PRIVILEGE_H
#define TCPTRAIL_SESSION_PRIVILEGE_H

#include "base/diag.h"

/*
 * Gives up all capabilities that are not used from here on, and the ways back
 * to them. Of the calling thread: call it before there are others, which
 * inherit what is left. 0, or -errno with diag: it still has them, and a run
 * can go on.
 */
int privilege_drop(struct diag *diag);

/*
 * Files that the user names are opened with the user's own rights: no capability that comes from
 * the program's file is in effect between these two, of the calling thread and of those that it
 * starts, which go on without. Root's capabilities are root's own rights: nothing changes for
 * uid 0. 0, or -errno with diag: the file must not be opened then.
 */
int privilege_lower(struct diag *diag);
int privilege_raise(struct diag *diag);

/*
 * Gives up all capabilities for good, root's too, before a file is parsed that others wrote: all
 * of its files are open by then. 0, or -errno with diag: the file must not be parsed then.
 */
int privilege_drop_all(struct diag *diag);

/* Says what is out of sight for want of a capability; "" if nothing is. */
void privilege_shortfall(struct diag *shortfall);

#endif
