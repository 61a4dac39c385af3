/* SPDX-License-Identifier: BSD-2-Clause */
/* The file belongs to another user: do not trust its contents, and never wait for it. */
#include "enrich/perfmap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/parse.h"
#include "base/sorted.h"

#define ENTRIES_MAX  (1U << 22)
#define NAMES_MAX    (256U << 20) /* bytes */
#define NAME_MAX_LEN 512
#define READ_BYTES   (1U << 20)
#define REREAD_BYTES (4U << 20)
#define SEARCH_MAX   4096 /* how many pieces before an address are searched */

_Static_assert(offsetof(struct perfmap_entry, start) == 0, "sorted_first_above() compares it");

void perfmap_free(struct perfmap *map)
{
	free(map->entries);
	buffer_free(&map->names);
	*map = (struct perfmap){0};
}

/* "7f0e3000 ": hexadecimal digits, maybe after 0x, and a space. */
static bool parse_column(const char **at, const char *end, uint64_t *number)
{
	size_t digits;

	if (end - *at > 2 && (*at)[0] == '0' && ((*at)[1] | 0x20) == 'x')
		*at += 2;
	digits = parse_hex_digits(*at, (size_t)(end - *at), number);
	*at += digits;
	return digits && *at < end && *(*at)++ == ' ';
}

static void add_line(struct perfmap *map, const char *line, const char *end)
{
	struct perfmap_entry *entry;
	uint64_t start, size;
	size_t length;

	if (!parse_column(&line, end, &start) || !parse_column(&line, end, &size) || line == end ||
	    start + size <= start)
		return;
	length = (size_t)(end - line) < NAME_MAX_LEN ? (size_t)(end - line) : NAME_MAX_LEN;
	if (map->count >= ENTRIES_MAX || map->names.size + length + 1 > NAMES_MAX ||
	    !buffer_reserve(&map->names, length + 1))
		return;
	entry = array_add(map->entries, map->count, sizeof(*entry));
	if (!entry)
		return;
	map->entries = entry;
	entry += map->count;
	*entry = (struct perfmap_entry){
		.start = start,
		.size = size,
		.name = (uint32_t)map->names.size,
		.order = (uint32_t)map->count++,
	};
	buffer_add(&map->names, line, length);
	buffer_fill(&map->names, '\0', 1);
	if (size > map->longest)
		map->longest = size;
}

static int compare(const void *a, const void *b)
{
	const struct perfmap_entry *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

size_t perfmap_add(struct perfmap *map, const char *text, size_t size)
{
	const char *line = text, *end;

	while ((end = memchr(line, '\n', size - (size_t)(line - text)))) {
		add_line(map, line, end);
		line = end + 1;
	}
	return (size_t)(line - text);
}

static void sort(struct perfmap *map)
{
	if (map->sorted < map->count)
		qsort(map->entries, map->count, sizeof(*map->entries), compare);
	map->sorted = map->count;
}

const struct perfmap_entry *perfmap_find(struct perfmap *map, uint64_t address)
{
	const struct perfmap_entry *found = NULL;
	size_t at;

	sort(map);
	at = sorted_first_above(map->entries, map->count, sizeof(*map->entries), address);
	for (int i = 0; at && i < SEARCH_MAX; i++) {
		const struct perfmap_entry *entry = &map->entries[--at];

		if (address - entry->start >= map->longest)
			break;
		if (address - entry->start < entry->size && (!found || entry->order > found->order))
			found = entry;
	}
	return found;
}

const char *perfmap_name(const struct perfmap *map, const struct perfmap_entry *entry)
{
	return map->names.data + entry->name;
}

static void read_on(struct perfmap *map, int fd)
{
	char *text = malloc(READ_BYTES);
	ssize_t got;
	size_t whole;

	/* A line longer than the buffer ends the reading for good. */
	while (text && (got = pread(fd, text, READ_BYTES, (off_t)map->read)) > 0) {
		whole = perfmap_add(map, text, (size_t)got);
		if (!whole)
			break;
		map->read += whole;
	}
	free(text);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

static bool unchanged(const struct stat *a, const struct stat *b)
{
	return same_file(a, b) && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

bool perfmap_read(struct perfmap *map, int fd)
{
	struct stat stat;

	if (fd < 0)
		return false;
	if (fstat(fd, &stat) || unchanged(&map->stat, &stat)) {
		close(fd);
		return false;
	}
	/*
	 * jcmd writes the file from the start, node appends. Read a large file from where the last
	 * read ended.
	 */
	if (!same_file(&map->stat, &stat) || (uint64_t)stat.st_size < map->read ||
	    map->read < REREAD_BYTES)
		perfmap_free(map);
	map->stat = stat;
	read_on(map, fd);
	close(fd);
	return true;
}
