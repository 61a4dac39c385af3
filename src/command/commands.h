/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_COMMAND_COMMANDS_H
#define TCPTRAIL_COMMAND_COMMANDS_H

#include "cli/command.h"

#define COMMAND(name) extern const struct command command_##name;
#include "command/list.h"
#undef COMMAND

/* All commands; NULL ends the list. */
extern const struct command *const commands[];

/* Options that many commands take, for `takes`. */
#define TAKES_FILTERS                                                                              \
	" tcp inet inet6 state pid comm port lport rport addr netns cgroup container older newer "
#define TAKES_LIVE      " verbose btf ring max-sockets "
#define TAKES_RECORDING " from at since until "
#define TAKES_NUMERIC   " numeric numeric-hosts numeric-ports "

#endif
