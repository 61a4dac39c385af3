/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of routing tables (iproute2's rt_tables): those of the host, whatever namespace is read. */
#include <dirent.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/parse.h"
#include "list/file_text.h"
#include "list/route.h"

/* A line without its comment. NULL: no more. */
static char *next_line(char **text)
{
	char *line = file_text_line(text);

	if (line)
		line[strcspn(line, "#")] = '\0';
	return line;
}

bool route_next_table(char **text, struct route_table_line *line)
{
	char *at, *words[2];
	uint64_t number;

	while ((at = next_line(text))) {
		if (file_text_words(at, words, 2) != 2)
			continue;
		if (parse_number(words[0], 0, UINT32_MAX, &number) &&
		    (strncmp(words[0], "0x", 2) != 0 ||
		     parse_hex(words[0] + 2, UINT32_MAX, &number)))
			continue;
		*line = (struct route_table_line){(uint32_t)number, words[1]};
		return true;
	}
	return false;
}

/* --- from the files --------------------------------------------------------------------------- */

struct named {
	uint64_t number;
	const char *name;
};

/* The first name of a number stays. */
static int add_name(struct map *names, uint32_t number, const char *name)
{
	const uint64_t key = number;
	struct named *named = map_get(names, &key);

	if (!named)
		return -ENOMEM;
	if (!named->name)
		named->name = name;
	return 0;
}

static int add_tables(struct list *list, struct map *names, const char *path)
{
	struct route_table_line line;
	char *text;
	size_t size;
	int err = 0;

	if (file_text(list, path, &text, &size))
		return 0;
	while (!err && route_next_table(&text, &line))
		err = add_name(names, line.number, line.name);
	return err;
}

static int add_directory(struct list *list, struct map *names, const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	char file[512];
	int err = 0;

	while (directory && !err && (entry = readdir(directory))) {
		size_t size = strlen(entry->d_name);

		if (size < 6 || strcmp(entry->d_name + size - 5, ".conf") != 0)
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		err = add_tables(list, names, file);
	}
	if (directory)
		closedir(directory);
	return err;
}

/* The administrator's come before the distribution's. */
static int names_of_tables(struct list *list, struct map *names)
{
	int err;

	map_init(names, sizeof(uint64_t), sizeof(struct named));
	err = add_directory(list, names, "/etc/iproute2/rt_tables.d");
	if (!err)
		err = add_tables(list, names, "/etc/iproute2/rt_tables");
	if (!err)
		err = add_directory(list, names, "/usr/share/iproute2/rt_tables.d");
	if (!err)
		err = add_tables(list, names, "/usr/share/iproute2/rt_tables");
	if (!err)
		err = add_name(names, RT_TABLE_LOCAL, "local");
	if (!err)
		err = add_name(names, RT_TABLE_MAIN, "main");
	if (!err)
		err = add_name(names, RT_TABLE_DEFAULT, "default");
	return err;
}

int route_table_number(struct list *list, const char *asked, uint32_t *number, struct diag *diag)
{
	struct map names;
	uint64_t typed;
	int err;

	if (!strcmp(asked, "all")) {
		*number = ROUTE_TABLE_ALL;
		return 0;
	}
	if (!parse_number(asked, 1, UINT32_MAX, &typed)) {
		*number = (uint32_t)typed;
		return 0;
	}
	err = names_of_tables(list, &names);
	if (!err)
		err = -EINVAL;
	for (size_t i = 0; err == -EINVAL && i < names.count; i++) {
		const struct named *named = map_at(&names, i);

		if (strcmp(named->name, asked) != 0)
			continue;
		*number = (uint32_t)named->number;
		err = 0;
	}
	map_free(&names);
	if (err == -EINVAL)
		diag_fail(diag, err,
		          "--table: unknown routing table \"%.80s\"; expected a number from 1, "
		          "all, or a name of /etc/iproute2/rt_tables",
		          asked);
	return err;
}

/* A table without a name has its number. */
static const char *name_of(const struct map *names, struct list *list, uint32_t number)
{
	const uint64_t key = number;
	const struct named *named = map_find(names, &key);
	char text[16];
	int size;

	if (named)
		return named->name;
	size = snprintf(text, sizeof(text), "%u", number);
	return list_text(list, text, (size_t)size);
}

int route_name_tables(struct list *list, size_t first)
{
	struct map names;
	int err = names_of_tables(list, &names);

	for (size_t i = first; i < list->count && !err; i++) {
		struct list_route *route = list_at(list, i), *before = NULL;

		if (i > first)
			before = list_at(list, i - 1);
		route->table_name = before && before->table == route->table
		                            ? before->table_name
		                            : name_of(&names, list, route->table);
		if (!route->table_name)
			err = -ENOMEM;
	}
	map_free(&names);
	return err;
}
