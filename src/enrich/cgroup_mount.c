/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "enrich/cgroup.h"

/* Blanks and the like are octal escapes (fs/proc_namespace.c, mangle_path). */
static void unescape(char *text)
{
	char *to = text;

	while (*text) {
		if (text[0] == '\\' && text[1] && text[2] && text[3]) {
			*to++ = (char)strtol((char[]){text[1], text[2], text[3], '\0'}, NULL, 8);
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

/*
 * 41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw
 *            4 5                                  (any)    -  type
 */
static bool parse_line(char *line, char **root, char **point)
{
	char *rest = line;
	char *word = NULL;

	for (int i = 1; i <= 5; i++) {
		word = strsep(&rest, " ");
		if (!word || !rest)
			return false;
		if (i == 4)
			*root = word;
	}
	*point = word;
	do {
		word = strsep(&rest, " ");
	} while (word && strcmp(word, "-"));
	word = strsep(&rest, " ");
	if (!word || strcmp(word, "cgroup2"))
		return false;
	unescape(*root);
	unescape(*point);
	return true;
}

int cgroup_find_mount(FILE *mountinfo, struct cgroup_mount *mount)
{
	char *line = NULL;
	size_t room = 0;
	int found = -ENOENT;

	while (getline(&line, &room, mountinfo) > 0) {
		char *root = NULL, *point = NULL;
		bool whole;

		if (!parse_line(line, &root, &point))
			continue;
		whole = !strcmp(root, "/");
		if (strlen(root) >= CGROUP_PATH_MAX || strlen(point) >= CGROUP_PATH_MAX ||
		    (!found && !whole))
			continue;
		strcpy(mount->root, whole ? "" : root);
		strcpy(mount->point, point);
		found = 0;
		if (whole)
			break;
	}
	free(line);
	return found;
}
