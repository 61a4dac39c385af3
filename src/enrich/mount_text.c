/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/mount_text.h"

#include <string.h>

#include "base/escape.h"
#include "base/parse.h"

/*
 * Only the position of a field says what it is, because users choose the text (the source of a
 * mount may be called "net:[1]"); the kernel escapes blanks in each field.
 *
 *	99 25 0:4 net:[4026532281] /run/docker/netns/3f1c0a rw shared:7 - nsfs nsfs rw
 *	1  2  3   4 root           5 point                  6  (any)      type source
 */
bool mount_parse_line(char *line, struct mount_line *mount)
{
	char *fields[6], *rest = line, *word;

	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < 6; i++) {
		fields[i] = strsep(&rest, " ");
		if (!rest)
			return false;
	}
	do {
		word = strsep(&rest, " ");
	} while (word && strcmp(word, "-") != 0);
	word = strsep(&rest, " ");
	if (!word)
		return false;
	*mount = (struct mount_line){.root = fields[3], .point = fields[4], .type = word};
	/* Space, tab, newline and backslash are written as \ooo (fs/proc_namespace.c, mangle). */
	unescape(mount->root, ESCAPE_OCTAL);
	unescape(mount->point, ESCAPE_OCTAL);
	return true;
}

uint32_t mount_netns(const struct mount_line *mount)
{
	return strcmp(mount->type, "nsfs") == 0 ? link_inode(mount->root, "net") : 0;
}

uint32_t link_inode(const char *text, const char *kind)
{
	size_t size = strlen(kind);
	uint64_t inode;

	if (strncmp(text, kind, size) != 0 || strncmp(text + size, ":[", 2) != 0)
		return 0;
	text += size + 2;
	if (parse_digits(&text, &inode) || strcmp(text, "]") != 0 || inode > UINT32_MAX)
		return 0;
	return (uint32_t)inode;
}
