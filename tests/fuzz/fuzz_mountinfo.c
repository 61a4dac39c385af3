/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/enrich/mount_text.c src/enrich/cgroup_mount.c */
/* Input: /proc/PID/mountinfo. */
#include <errno.h>

#include "enrich/cgroup.h"
#include "enrich/mount_text.h"
#include "fuzz.h"

/* What the type and the root say is all that counts: not the mount's source. */
static void read_line(const char *text, size_t size)
{
	char *line = fuzz_string((const uint8_t *)text, size), *end = line + size;
	struct mount_line mount;

	if (mount_parse_line(line, &mount)) {
		EXPECT(mount.root > line && mount.point > mount.root && mount.type > mount.point);
		EXPECT(mount.type <= end && !strpbrk(mount.type, " \n"));
		EXPECT(strlen(mount.root) < size && strlen(mount.point) < size);
		if (mount_netns(&mount))
			EXPECT(!strcmp(mount.type, "nsfs") && !strncmp(mount.root, "net:[", 5));
	}
	free(line);
}

static void find_cgroups(const char *text, size_t size)
{
	struct cgroup_mount *mount = malloc(sizeof(*mount));
	FILE *file = fmemopen((void *)(uintptr_t)text, size, "r");
	int err;

	EXPECT(mount && file);
	err = cgroup_find_mount(file, mount);
	EXPECT(err == 0 || err == -ENOENT);
	if (!err)
		EXPECT(strlen(mount->point) < CGROUP_PATH_MAX &&
		       strlen(mount->root) < CGROUP_PATH_MAX);
	fclose(file);
	free(mount);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size), *rest = text, *line;

	if (size)
		find_cgroups(text, size);
	while ((line = strsep(&rest, "\n")))
		read_line(line, strlen(line));
	free(text);
	return 0;
}
