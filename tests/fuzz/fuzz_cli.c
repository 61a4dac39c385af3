/* SPDX-License-Identifier: BSD-2-Clause */
/* links commands */
/* Input: words of a command line, behind the program's name, with a NUL or a newline between. */
#include <errno.h>

#include "cli/cli.h"
#include "command/commands.h"
#include "fuzz.h"

#define WORDS 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), name[] = "tcptrail", *argv[WORDS + 2] = {name};
	struct diag diag = {0};
	struct options options;
	int argc = 1, err;

	for (size_t at = 0; at < size && argc <= WORDS; at += strlen(text + at) + 1) {
		char *newline = strchr(text + at, '\n');

		if (newline)
			*newline = '\0';
		argv[argc++] = text + at;
	}
	err = cli_parse(argc, argv, commands, &options, &diag);
	EXPECT(err == 0 || err == -EINVAL);
	if (err)
		EXPECT(diag.text[0]);
	else
		options_free(&options);
	free(text);
	return 0;
}
