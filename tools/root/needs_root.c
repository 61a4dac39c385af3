/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   needs_root [ARGUMENT]...    0 if tcptrail ARGUMENT... is about the kernel, 1 if not
 *
 * For tools/run, which asks for root no more than it must. What tcptrail refuses needs none.
 */
#include <stdlib.h>

#include "cli/cli.h"
#include "command/commands.h"

int main(int argc, char **argv)
{
	struct options options;
	struct diag diag;

	if (cli_parse(argc, argv, commands, &options, &diag) || !cli_asks_kernel(&options))
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
