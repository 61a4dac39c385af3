/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   needs_root [ARGUMENT]...    0 if tcptrail ARGUMENT... uses the kernel, otherwise 1
 *
 * For tools/run, which uses root only where necessary. Arguments that tcptrail rejects need none.
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
