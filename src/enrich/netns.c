/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists the network namespaces. Runs every few seconds on hosts with thousands of processes, so a
 * task takes only one readlinkat() and a hash lookup.
 */
#include "enrich/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "enrich/mount_text.h"
#include "enrich/netns_private.h"
#include "enrich/proc_file.h"

/* NET_NS_INIT_INO of linux/nsfs.h (6.18); below all numbers of other namespaces */
#define INITIAL_INODE 0xEFFFFFF9U

bool netns_is_shortage(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM;
}

static struct netns_entry *entry_of(struct netns_scan *scan, uint32_t inode)
{
	struct netns_list *list = &scan->list;
	struct netns_entry *entries;
	size_t place = numbers_add(&list->inodes, inode);

	if (place == NUMBERS_NONE)
		return NULL;
	if (place < list->count)
		return &list->entries[place];
	entries = array_reserve(list->entries, &scan->room, place + 1, sizeof(*entries));
	if (!entries)
		return NULL;
	list->entries = entries;
	list->count++;
	list->entries[place] = (struct netns_entry){.inode = inode};
	return &list->entries[place];
}

static void set_if_fits(char *field, size_t size, const char *text)
{
	if (text && !*field && strlen(text) < size)
		strcpy(field, text);
}

int netns_scan_add(struct netns_scan *scan, uint32_t inode, const char *path, const char *name)
{
	struct netns_entry *entry = entry_of(scan, inode);

	if (!entry)
		return -ENOMEM;
	set_if_fits(entry->path, sizeof(entry->path), path);
	set_if_fits(entry->name, sizeof(entry->name), name);
	return 0;
}

uint32_t netns_read_link(int dir, const char *path)
{
	char text[64];
	ssize_t size = readlinkat(dir, path, text, sizeof(text) - 1);

	if (size < 0)
		return 0;
	text[size] = '\0';
	return link_inode(text, "net");
}

/* A task may have ended, or belong to another user: then there is no inode. */
static int find_task(struct netns_scan *scan, int proc, const char *pid)
{
	char path[sizeof(((struct netns_entry *)0)->path)];
	uint32_t inode;

	snprintf(path, sizeof(path), "/proc/%.20s/ns/net", pid);
	inode = netns_read_link(proc, path + strlen("/proc/"));
	return inode ? netns_scan_add(scan, inode, path, NULL) : 0;
}

static int find_tasks(struct netns_scan *scan)
{
	DIR *proc = opendir("/proc");
	const char *pid;
	int err = 0;

	if (!proc)
		return -errno;
	while (!err && (pid = proc_next_number(proc)))
		err = find_task(scan, dirfd(proc), pid);
	closedir(proc);
	return err;
}

static int find_own(struct netns_scan *scan)
{
	uint32_t own = netns_own();

	return own ? netns_scan_add(scan, own, "/proc/self/ns/net", NULL) : -ENOENT;
}

/*
 * On newer kernels the initial namespace has a fixed number; on others it is the namespace of pid
 * 1. Where pid 1 cannot be read (in a sandbox), take the namespace that we started in.
 */
static int name_host(struct netns_scan *scan)
{
	uint32_t host = INITIAL_INODE;
	struct netns_entry *entry;

	if (!netns_find(&scan->list, host))
		host = netns_read_link(AT_FDCWD, "/proc/1/ns/net");
	if (!host)
		host = netns_own();
	entry = entry_of(scan, host);
	if (!entry)
		return -ENOMEM;
	if (!*entry->path)
		strcpy(entry->path, "/proc/1/ns/net");
	strcpy(entry->name, "host"); /* even if an engine has mounted it under another name */
	return 0;
}

/* Drops namespaces without a task whose only path is too long to keep. 0 or -ENOMEM. */
static int drop_unreachable(struct netns_list *list)
{
	size_t kept = 0;

	numbers_free(&list->inodes);
	for (size_t i = 0; i < list->count; i++) {
		if (!*list->entries[i].path)
			continue;
		if (numbers_add(&list->inodes, list->entries[i].inode) == NUMBERS_NONE)
			return -ENOMEM;
		list->entries[kept++] = list->entries[i];
	}
	list->count = kept;
	return 0;
}

int netns_enumerate(struct netns_list *list, struct diag *diag)
{
	struct netns_scan scan = {0};
	int err = find_own(&scan);

	if (!err)
		err = netns_find_mounts(&scan);
	if (!err)
		err = find_tasks(&scan);
	if (!err)
		err = name_host(&scan);
	if (!err)
		err = drop_unreachable(&scan.list);
	if (err) {
		netns_list_free(&scan.list);
		return diag_fail(diag, err, "cannot list network namespaces from /proc: %s",
		                 strerror(-err));
	}
	*list = scan.list;
	return 0;
}

void netns_list_free(struct netns_list *list)
{
	free(list->entries);
	numbers_free(&list->inodes);
	list->entries = NULL;
	list->count = 0;
}

const struct netns_entry *netns_find(const struct netns_list *list, uint32_t inode)
{
	size_t place = numbers_find(&list->inodes, inode);

	return place == NUMBERS_NONE ? NULL : &list->entries[place];
}
