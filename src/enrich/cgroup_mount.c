/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "enrich/cgroup.h"
#include "enrich/mount_text.h"

int cgroup_find_mount(FILE *mountinfo, struct cgroup_mount *mount)
{
	char *line = NULL;
	size_t room = 0;
	int found = -ENOENT;

	while (getline(&line, &room, mountinfo) > 0) {
		struct mount_line at;
		bool whole;

		if (!mount_parse_line(line, &at) || strcmp(at.type, "cgroup2"))
			continue;
		whole = !strcmp(at.root, "/");
		if (strlen(at.root) >= CGROUP_PATH_MAX || strlen(at.point) >= CGROUP_PATH_MAX ||
		    (!found && !whole))
			continue;
		strcpy(mount->root, whole ? "" : at.root);
		strcpy(mount->point, at.point);
		found = 0;
		if (whole)
			break;
	}
	free(line);
	return found;
}
