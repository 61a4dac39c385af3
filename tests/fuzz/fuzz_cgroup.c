/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/enrich/process_text.c */
/* Input: /proc/PID/cgroup; each of its lines is a path, too. */
#include "table/container.h"
#include "enrich/process_text.h"
#include "fuzz.h"

static void name_container(const char *path)
{
	struct container *container = malloc(sizeof(*container));

	EXPECT(container);
	if (container_parse(path, container)) {
		EXPECT(memchr(container->runtime, '\0', sizeof(container->runtime)));
		EXPECT(memchr(container->id, '\0', sizeof(container->id)));
		EXPECT(memchr(container->pod, '\0', sizeof(container->pod)));
		EXPECT(memchr(container->user_slice, '\0', sizeof(container->user_slice)));
	}
	free(container);
}

/* However little room there is, a path is one of the file's, whole, or none. */
static void choose(const uint8_t *data, size_t size, size_t room)
{
	char *text = fuzz_string(data, size), *again = fuzz_string(data, size);
	char *path = malloc(room);

	EXPECT(path);
	process_parse_cgroup(text, path, room);
	EXPECT(strlen(path) < room);
	EXPECT(!*path || *path == '/');
	EXPECT(!strcmp(path, "/") || strstr(again, path));
	name_container(path);
	free(path);
	free(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *rest = text, *line;

	choose(data, size, 4096);
	choose(data, size, 12);
	choose(data, size, 1);
	while ((line = strsep(&rest, "\n")))
		name_container(line);
	free(text);
	return 0;
}
