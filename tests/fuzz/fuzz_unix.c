/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: a name that is known, then NUL, then /proc/net/unix. Sockets with an odd inode have the
 * name.
 */
#include "fuzz.h"
#include "list/unix.h"

static bool find(uint32_t inode, struct unix_name *name, void *arg)
{
	*name = *(const struct unix_name *)arg;
	return inode & 1;
}

static size_t broken(const struct unix_name **names, void *arg)
{
	*names = arg;
	return 1;
}

static void read_all(char *text, size_t size, struct unix_name *known)
{
	struct unix_lines lines = {
		.at = text,
		.end = text + size,
		.find = known ? find : NULL,
		.broken = known ? broken : NULL,
		.arg = known,
	};
	struct unix_line line;
	const char *last = text;

	while (unix_lines_next(&lines, &line)) {
		EXPECT(lines.at > last && lines.at <= lines.end);
		EXPECT(!line.path ||
		       (line.path > last && line.path + strlen(line.path) <= lines.end));
		last = lines.at;
	}
	EXPECT(lines.at == lines.end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, 0, size);
	size_t name = end ? (size_t)(end - data) : 0, from = end ? name + 1 : 0;
	char *bytes = fuzz_copy(data, name), *text = fuzz_string(data + from, size - from);
	struct unix_name known = {bytes, name < UNIX_NAME_MAX ? (uint16_t)name : UNIX_NAME_MAX};

	read_all(text, size - from, NULL);
	free(text);
	text = fuzz_string(data + from, size - from);
	read_all(text, size - from, &known);
	free(text);
	free(bytes);
	return 0;
}
