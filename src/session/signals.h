/* SPDX-License-Identifier: BSD-2-Clause */
/* The signals that end a session. */
#ifndef TCPTRAIL_SESSION_SIGNALS_H
#define TCPTRAIL_SESSION_SIGNALS_H

#include <stdbool.h>

/*
 * Returns an fd of the signals that end the loop, or -1. Until signals_hold() they end the process
 * at once, wherever it waits: a recording then has whole blocks, and output whole lines. hangup:
 * SIGHUP is blocked from now on and only read from the fd, even under nohup. Otherwise an ignored
 * SIGHUP (nohup) ends nothing.
 */
int signals_open(bool hangup);
/* hold: from now on SIGINT and SIGTERM are only read from the fd; otherwise they end the process. */
void signals_hold(bool hold);

#endif
