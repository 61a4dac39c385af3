/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "table/container.h"
#include "table/table.h"

/* Does the path name a group? The root group says nothing about its processes. */
static bool names_group(const char *path)
{
	return path && path[0] && strcmp(path, "/");
}

static const char *path_of_socket(struct names *names, const struct row *row)
{
	return row->cgroup ? names_query(names, name_key_number(NAME_CGROUP, row->cgroup)) : NULL;
}

static const char *path_of_task(const struct table *table, struct names *names,
                                const struct row *row)
{
	struct owner owner;

	table_owner(table, row, &owner);
	return owner.task ? names_find(names, name_key_task(owner.task->pid, owner.task->start))
	                  : NULL;
}

/*
 * Does the path name a container, and not only a unit? On hybrid hosts the v2 path of a container
 * is that of its daemon.
 */
static bool names_container(const char *path)
{
	struct container container;

	return names_group(path) && container_parse(path, &container) &&
	       strcmp(container.runtime, "systemd") != 0;
}

const char *row_cgroup_path(const struct table *table, const struct row *row)
{
	struct names *names = table_names((struct table *)table);
	const char *path = path_of_socket(names, row), *by_task;

	if (names_container(path))
		return path;
	by_task = path_of_task(table, names, row);
	if (!names_group(by_task) || (path && !strcmp(by_task, path)))
		return path;
	return !names_group(path) || names_container(by_task) ? by_task : path;
}

bool row_find_container(const struct table *table, const struct row *row,
                        struct container *container)
{
	const char *path = row_cgroup_path(table, row);

	return path && container_parse(path, container);
}
