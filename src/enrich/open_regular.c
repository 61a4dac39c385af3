/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/open_regular.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Opens what `place` (opened with O_PATH) refers to. Closes place. */
static int open_place(int place, struct stat *stat)
{
	char link[40];
	int fd;

	if (fstat(place, stat) || !S_ISREG(stat->st_mode)) {
		close(place);
		return -EINVAL;
	}
	/* Open the same file that was checked, even if another file has its path by now. */
	snprintf(link, sizeof(link), "/proc/self/fd/%d", place);
	fd = open(link, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		fd = -errno;
	close(place);
	return fd;
}

int open_regular(const char *path, struct stat *stat)
{
	int place = open(path, O_PATH | O_CLOEXEC);

	return place < 0 ? -errno : open_place(place, stat);
}

int open_regular_in(int root, const char *path, int flags, struct stat *stat)
{
	struct open_how how = {
		.flags = (uint64_t)(O_PATH | O_CLOEXEC | flags),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int place = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	return place < 0 ? -errno : open_place(place, stat);
}
