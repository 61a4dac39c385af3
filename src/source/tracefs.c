/* SPDX-License-Identifier: BSD-2-Clause */
#include "source/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int detached_mount(void)
{
	int fs = (int)syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC);
	int mount;

	if (fs < 0)
		return -errno;
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		mount = -errno;
	else
		mount = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY);
	if (mount == -1)
		mount = -errno;
	close(fs);
	return mount;
}

static int read_id(int dir, const char *category, const char *name)
{
	char path[160], text[32] = "";
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "events/%s/%s/id", category, name);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	return got > 0 ? atoi(text) : -EIO;
}

int tracefs_event_id(const char *category, const char *name)
{
	static const char *const places[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	int id = -ENOENT, dir;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		dir = open(places[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			continue;
		id = read_id(dir, category, name);
		close(dir);
		if (id > 0)
			return id;
	}
	dir = detached_mount();
	if (dir < 0)
		return dir;
	id = read_id(dir, category, name);
	close(dir);
	return id;
}
