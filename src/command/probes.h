/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_COMMAND_PROBES_H
#define TCPTRAIL_COMMAND_PROBES_H

#include "cli/cli.h"

/* tcptrail --probes: attaches everything, tells what is active, detaches. Returns an exit code. */
int probes_command(const struct options *options);

#endif
