/* SPDX-License-Identifier: BSD-2-Clause */
/* What commands share that print the stream of changes. */
#ifndef TCPTRAIL_COMMAND_STREAM_H
#define TCPTRAIL_COMMAND_STREAM_H

#include "session/session.h"

/* Prints the headings, and says that it traces. 0 or -errno. */
int stream_begin(struct session *session);
void stream_change(const struct change *change, struct session *session);

#endif
