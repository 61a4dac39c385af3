/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps the capabilities that are used after attaching, and gives up the others. The only user of libcap. */
#ifndef TCPTRAIL_SESSION_PRIVILEGE_H
#define TCPTRAIL_SESSION_PRIVILEGE_H

#include "base/diag.h"

/*
 * Gives up all capabilities that are not used from here on, and the ways back to them. It acts on the
 * calling thread: call it before other threads start; they inherit what is left. 0, or -errno with
 * diag: the process still has them and can continue.
 */
int privilege_drop(struct diag *diag);

/*
 * Open files that the user names between these two, with the user's own rights: no capability from the
 * program's file is in effect in the calling thread. Threads that it starts in between never get them
 * back. For uid 0 nothing changes: root's capabilities are root's own rights. 0, or -errno with diag:
 * then do not open the file.
 */
int privilege_lower(struct diag *diag);
int privilege_raise(struct diag *diag);

/*
 * Gives up all capabilities for good, also root's. Call it before parsing a file that others wrote,
 * when it is open. 0, or -errno with diag: then do not parse the file.
 */
int privilege_drop_all(struct diag *diag);

/* What cannot be seen for lack of a capability; "": everything can. */
void privilege_shortfall(struct diag *shortfall);

#endif
