/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_PROBES_COMMAND_H
#define TCPTRAIL_PROBES_COMMAND_H

#include "cli.h"

/* tcptrail --probes: attaches everything, tells what is active, detaches. Returns an exit code. */
int probes_command(const struct options *options);

#endif
