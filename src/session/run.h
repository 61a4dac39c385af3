/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_SESSION_RUN_H
#define TCPTRAIL_SESSION_RUN_H

#include "cli/cli.h"

/* Runs a command on the live kernel or a file; prints notices to stderr. Returns an exit code. */
int run(const struct options *options);

#endif
