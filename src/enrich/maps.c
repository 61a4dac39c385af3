/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/maps.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"

#define MAPPINGS_MAX 65536 /* default of vm.max_map_count */
#define READ_BYTES   16384
#define LINE_MAX_LEN 65536 /* a path is at most a page; escaped, four times as long */

void maps_free(struct maps *maps)
{
	for (size_t i = 0; i < maps->count; i++)
		free((char *)maps->list[i].path);
	free(maps->list);
	*maps = (struct maps){0};
}

static int add(struct maps *maps, const struct mapping *mapping)
{
	struct mapping *list = array_add(maps->list, maps->count, sizeof(*list));

	if (!list)
		return -ENOMEM;
	maps->list = list;
	maps->list[maps->count] = *mapping;
	maps->list[maps->count].path = strdup(mapping->path);
	if (!maps->list[maps->count].path)
		return -ENOMEM;
	maps->count++;
	return 0;
}

/* "7f0e3000-7f0e5000 r-xp 00002000 fe:01 1234      /usr/lib/libfoo.so (deleted)" */
static bool parse_line(char *line, struct mapping *mapping)
{
	char mode[5] = "";
	int path = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n",
	           &mapping->start, &mapping->end, mode, &mapping->offset, &mapping->major,
	           &mapping->minor, &mapping->inode, &path) < 7)
		return false;
	mapping->executable = mode[2] == 'x';
	mapping->path = path ? line + path : "";
	return true;
}

/* Reads lines without stdio, because closing a stream would close the fd. */
struct lines {
	int fd;
	char *text;
	size_t size, used, room; /* bytes before `used` were returned */
};

/* Reads more text. false: there is no more. */
static bool read_more(struct lines *lines)
{
	ssize_t got;

	if (lines->used)
		memmove(lines->text, lines->text + lines->used, lines->size - lines->used);
	lines->size -= lines->used;
	lines->used = 0;
	if (lines->room - lines->size < READ_BYTES) {
		char *text = lines->room < LINE_MAX_LEN
		                     ? realloc(lines->text, lines->room + READ_BYTES)
		                     : NULL;

		if (!text)
			return false;
		lines->text = text;
		lines->room += READ_BYTES;
	}
	got = read(lines->fd, lines->text + lines->size, lines->room - lines->size);
	if (got > 0)
		lines->size += (size_t)got;
	return got > 0;
}

/* The next whole line, without its newline; valid until the next call. NULL: no more. */
static char *next_line(struct lines *lines)
{
	char *line, *end;

	do {
		if (lines->size == lines->used)
			continue;
		line = lines->text + lines->used;
		end = memchr(line, '\n', lines->size - lines->used);
		if (end) {
			*end = '\0';
			lines->used = (size_t)(end + 1 - lines->text);
			return line;
		}
	} while (read_more(lines));
	return NULL;
}

int maps_read(struct maps *maps, int fd)
{
	struct mapping mapping;
	struct lines lines = {.fd = fd};
	char *line;
	int err = 0;

	maps_free(maps);
	while (!err && maps->count < MAPPINGS_MAX && (line = next_line(&lines)))
		if (parse_line(line, &mapping))
			err = add(maps, &mapping);
	free(lines.text);
	if (!err && !maps->count)
		err = -ESRCH;
	if (err)
		maps_free(maps);
	return err;
}

const struct mapping *maps_find(const struct maps *maps, uint64_t address)
{
	size_t low = 0, high = maps->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct mapping *mapping = &maps->list[middle];

		if (address < mapping->start)
			high = middle;
		else if (address >= mapping->end)
			low = middle + 1;
		else
			return mapping;
	}
	return NULL;
}

static bool same_file(const struct mapping *a, const struct mapping *b)
{
	return a->inode == b->inode && a->major == b->major && a->minor == b->minor;
}

bool maps_next_file(const struct maps *maps, size_t *index, size_t *last)
{
	const struct mapping *list = maps->list;
	size_t at = *index;

	while (at < maps->count && !list[at].inode)
		at++;
	if (at == maps->count)
		return false;
	*index = *last = at;
	for (at++; at < maps->count; at++) {
		if (!list[at].inode && !list[at].path[0])
			continue;
		if (!same_file(&list[*index], &list[at]) || list[at].offset < list[*last].offset)
			break;
		*last = at;
	}
	return true;
}
