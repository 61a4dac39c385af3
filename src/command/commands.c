/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/commands.h"

const struct command *const commands[] = {
#define COMMAND(name) &command_##name,
#include "command/list.h"
#undef COMMAND
	NULL,
};
