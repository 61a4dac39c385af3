/* SPDX-License-Identifier: BSD-2-Clause */
/* What commands share that print the list of sockets. */
#ifndef TCPTRAIL_COMMAND_ROWS_H
#define TCPTRAIL_COMMAND_ROWS_H

#include "session/session.h"

#define TAKES_ROWS                                                                                 \
	" all listening numeric-users programs extend timers continuous wide stacks json csv "     \
	"columns sort limit no-header color utc output "

/* Prints the list, with the names that it needs. 0 or -errno. */
int rows_print(struct session *session);
/* -c: prints the list again and again from now on. 0 or -errno. */
int rows_repeat(struct session *session);

#endif
