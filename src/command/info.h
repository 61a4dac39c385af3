/* SPDX-License-Identifier: BSD-2-Clause */
/* The command info: what a recording is and holds. */
#ifndef TCPTRAIL_COMMAND_INFO_H
#define TCPTRAIL_COMMAND_INFO_H

#include "cli/cli.h"

/* Prints it on stdout. An exit code; diag: why, unless it is EXIT_OK. */
int info_command(const struct options *options, struct diag *diag);

#endif
