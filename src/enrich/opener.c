/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An attacker who controls the reader may send any request. So only files are opened that are
 * mapped in the process, or that its user may read anyway.
 */
#include "enrich/opener.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "enrich/open_regular.h"
#include "enrich/opener_client.h"
#include "enrich/maps.h"
#include "enrich/proc_file.h"

#define DEBUG_FOLDER "/usr/lib/debug"

/* A process that the reader has requested. */
struct known {
	uint32_t pid, ns_pid; /* pid 0: unused */
	uid_t uid;
	struct maps maps;
};

struct opener {
	struct known known[OPENER_SLOTS];
};

/* --- which process ---------------------------------------------------------------------------- */

/* Reads the pid in the process's own namespace, and its user. */
static bool read_status(struct known *known, int dir)
{
	char text[8192], *line;

	if (proc_read_text(dir, "status", text, sizeof(text)) <= 0)
		return false;
	line = strstr(text, "\nUid:\t");
	if (!line)
		return false;
	known->uid = (uid_t)strtoul(line + 6, NULL, 10);
	known->ns_pid = known->pid;
	line = strstr(text, "\nNSpid:\t");
	if (line) {
		line++;
		line[strcspn(line, "\n")] = '\0';
		known->ns_pid = (uint32_t)strtoul(strrchr(line, '\t') + 1, NULL, 10);
	}
	return true;
}

static int read_process(struct known *known, int dir, uint64_t start)
{
	struct process_stat stat;
	int err = proc_check_process(dir, start, &stat), fd;

	if (err)
		return err;
	if (!read_status(known, dir))
		return -ESRCH;
	fd = openat(dir, "maps", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = maps_read(&known->maps, fd);
	if (!err && lseek(fd, 0, SEEK_SET))
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* On failure the slot keeps what it has: the last state of a process that is gone. */
static int open_process(struct known *known, const struct opener_request *request)
{
	struct known found = {.pid = request->pid};
	int dir = proc_open_process(request->pid), fd;

	if (dir < 0)
		return dir;
	fd = read_process(&found, dir, request->address);
	close(dir);
	if (fd < 0) {
		maps_free(&found.maps);
		return fd;
	}
	maps_free(&known->maps);
	*known = found;
	return fd;
}

/* --- its modules ------------------------------------------------------------------------------ */

/* Opens a path below the root of the process; pid 0: below our own root. */
static int open_below(uint32_t pid, const char *path, int flags, struct stat *stat)
{
	char top[32] = "/";
	int root, fd;

	if (pid)
		snprintf(top, sizeof(top), "/proc/%u/root", pid);
	root = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -errno;
	fd = open_regular_in(root, path, flags, stat);
	close(root);
	return fd;
}

/*
 * Closes the file with -EACCES unless the process's user may read it too: then nothing is
 * disclosed.
 */
static int close_unless_readable(const struct known *known, int fd, const struct stat *stat)
{
	if (fd < 0 || stat->st_mode & S_IROTH || stat->st_uid == known->uid)
		return fd;
	close(fd);
	return -EACCES;
}

/* Opens the file that has the path of the mapping now, if it is the mapped file. */
static int open_same(const struct known *known, uint32_t pid, const struct mapping *mapping)
{
	struct stat stat;
	int fd = close_unless_readable(known, open_below(pid, mapping->path, 0, &stat), &stat);

	if (fd >= 0 && stat.st_ino != mapping->inode) {
		close(fd);
		return -ESTALE;
	}
	return fd;
}

static const struct mapping *find_module(const struct known *known, uint64_t address)
{
	const struct mapping *mapping = maps_find(&known->maps, address);

	return mapping && mapping->start == address && mapping->inode ? mapping : NULL;
}

static int open_module(const struct known *known, const struct opener_request *request)
{
	const struct mapping *mapping = find_module(known, request->address);
	struct stat stat;
	char path[80];
	int fd;

	if (!mapping)
		return -ENOENT;
	/*
	 * This opens the mapped file even if its path is gone or names another file. Needs
	 * CAP_SYS_ADMIN.
	 */
	snprintf(path, sizeof(path), "/proc/%u/map_files/%" PRIx64 "-%" PRIx64, known->pid,
	         mapping->start, mapping->end);
	fd = open_regular(path, &stat);
	if (fd >= 0)
		return fd;
	fd = open_same(known, known->pid, mapping);
	/* The process may have ended since its mappings were read. */
	return fd >= 0 ? fd : open_same(known, 0, mapping);
}

/* --- debug information ------------------------------------------------------------------------ */

static int open_debug(const struct known *known, uint32_t pid, const char *path)
{
	struct stat stat;

	return close_unless_readable(known, open_below(pid, path, 0, &stat), &stat);
}

static int open_build_id(const struct known *known, const struct opener_request *request)
{
	uint32_t pid = request->place == PLACE_HOST ? 0 : known->pid;
	char text[2 * OPENER_BUILD_ID_MAX + 1], path[PATH_MAX];

	if (request->size < 2 || request->size > OPENER_BUILD_ID_MAX)
		return -EINVAL;
	for (uint32_t i = 0; i < request->size; i++)
		snprintf(text + 2 * (size_t)i, 3, "%02x", (unsigned char)request->name[i]);
	snprintf(path, sizeof(path), DEBUG_FOLDER "/.build-id/%.2s/%s.debug", text, text + 2);
	return open_debug(known, pid, path);
}

/* In the folder of the binary, in .debug there, or below /usr/lib/debug, as gdb does. */
static int open_link(const struct known *known, const struct opener_request *request)
{
	const struct mapping *mapping = find_module(known, request->address);
	const char *slash = mapping ? strrchr(mapping->path, '/') : NULL;
	uint32_t pid = request->place == PLACE_HOST ? 0 : known->pid;
	char path[PATH_MAX];
	int length;

	if (!mapping || request->size >= sizeof(request->name) ||
	    memchr(request->name, '/', request->size))
		return -EINVAL;
	length = snprintf(path, sizeof(path), "%s%.*s/%s%.*s",
	                  request->place <= PLACE_PROCESS ? DEBUG_FOLDER : "",
	                  slash ? (int)(slash - mapping->path) : 0, mapping->path,
	                  request->place == PLACE_BESIDE_DEBUG ? ".debug/" : "", (int)request->size,
	                  request->name);
	if (length >= (int)sizeof(path))
		return -ENAMETOOLONG;
	return open_debug(known, pid, path);
}

/* Only a file of the process's user or of root: every user may write to /tmp. */
static int open_perfmap(const struct known *known)
{
	struct stat stat;
	char path[40];
	int fd;

	snprintf(path, sizeof(path), "tmp/perf-%u.map", known->ns_pid);
	fd = close_unless_readable(known, open_below(known->pid, path, O_NOFOLLOW, &stat), &stat);
	if (fd >= 0 && stat.st_uid && stat.st_uid != known->uid) {
		close(fd);
		return -EACCES;
	}
	return fd;
}

/* --- serving ---------------------------------------------------------------------------------- */

static int open_requested(struct opener *opener, const struct opener_request *request)
{
	struct known *known;

	if (request->slot >= OPENER_SLOTS)
		return -EINVAL;
	known = &opener->known[request->slot];
	if (request->kind == OPENER_MAPS)
		return open_process(known, request);
	if (!known->pid)
		return -ESRCH;
	switch ((enum opener_kind)request->kind) {
	case OPENER_MODULE:
		return open_module(known, request);
	case OPENER_BUILD_ID:
		return open_build_id(known, request);
	case OPENER_LINK:
		return open_link(known, request);
	case OPENER_PERFMAP:
		return open_perfmap(known);
	case OPENER_MAPS:
		break;
	}
	return -EINVAL;
}

/* Sends the fd, or the error, and closes the fd. */
static bool reply_with(int socket, int fd)
{
	struct opener_reply reply = {.err = fd < 0 ? fd : 0};
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.bytes = {0}};
	struct iovec iov = {&reply, sizeof(reply)};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
	bool sent;

	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	sent = sendmsg(socket, &message, MSG_NOSIGNAL) == sizeof(reply);
	if (fd >= 0)
		close(fd);
	return sent;
}

void opener_serve(int socket)
{
	struct opener *opener = calloc(1, sizeof(*opener));
	struct opener_request request;

	while (opener && recv(socket, &request, sizeof(request), 0) == sizeof(request))
		if (!reply_with(socket, open_requested(opener, &request)))
			break;
	/* The kernel frees its memory when the process ends. */
}
