/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files are read with read(2), not mapped: whoever owns a mapped file can end the
 * reader with SIGBUS by truncating it. What libdwfl insists to map is copied first
 * if it is out of another's reach to leave alone.
 */
#include "enrich/module.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libelf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "enrich/file.h"

#define FILE_MAX      (4LL << 30)
#define DEBUG_MAX     (512LL << 20) /* of one that has to be copied */
#define BUILD_ID_MAX  64
#define DEBUG_FOLDER  "/usr/lib/debug"
#define BUILD_ID_TEXT (BUILD_ID_MAX * 2 + 1)

/* The file that has the path now, if it is the one that is mapped. */
static int open_same(const struct module *module, const char *path, struct stat *stat)
{
	int fd = file_open(path, 0, stat);

	if (fd >= 0 && stat->st_ino != module->inode) {
		close(fd);
		return -ESTALE;
	}
	return fd;
}

static int open_mapped(const struct module *module, struct stat *stat)
{
	char path[PATH_MAX];
	int fd;

	/* Whatever has its path now, or none does. Needs CAP_SYS_ADMIN. */
	snprintf(path, sizeof(path), "/proc/%u/map_files/%" PRIx64 "-%" PRIx64, module->pid,
	         module->start, module->end);
	fd = file_open(path, 0, stat);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/%u/root%s", module->pid, module->path);
	fd = open_same(module, path, stat);
	/* The process may have ended since its mappings were read. */
	return fd >= 0 ? fd : open_same(module, module->path, stat);
}

static int find_elf(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
                    char **file_name, Elf **elf)
{
	struct module *module = *userdata;
	int fd;

	(void)mod;
	(void)name;
	(void)base;
	fd = open_mapped(module, &module->stat);
	if (fd < 0)
		return -1;
	*elf = module->stat.st_size <= FILE_MAX ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
	if (!*elf || elf_kind(*elf) != ELF_K_ELF) {
		elf_end(*elf);
		*elf = NULL;
		close(fd);
		return -1;
	}
	*file_name = strdup(module->path);
	return fd;
}

/* --- separate debug information ------------------------------------------------------------- */

/* What the debug file must match. */
struct wanted {
	const unsigned char *build_id;
	int bits; /* bytes of it; 0: none */
	uint32_t crc;
};

static bool has_crc(int fd, uint32_t wanted)
{
	unsigned char bytes[65536];
	uLong crc = crc32(0, NULL, 0);
	ssize_t got;
	off_t at = 0;

	while ((got = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		crc = crc32(crc, bytes, (uInt)got);
		at += got;
	}
	return crc == wanted;
}

static bool has_build_id(int fd, const struct wanted *wanted)
{
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	const void *id = NULL;
	ssize_t size;
	bool same;

	if (!elf)
		return false;
	size = dwelf_elf_gnu_build_id(elf, &id);
	same = size == wanted->bits && id && !memcmp(id, wanted->build_id, (size_t)size);
	elf_end(elf);
	return same;
}

static bool copy_bytes(int to, int from)
{
	char bytes[65536];
	off_t at = 0;
	ssize_t got;

	while ((got = pread(from, bytes, sizeof(bytes), at)) > 0) {
		if (at > DEBUG_MAX || write(to, bytes, (size_t)got) != got)
			return false;
		at += got;
	}
	return !got;
}

/* libdwfl maps it: a copy that nobody else can cut short. Closes fd. */
static int copy_of(int fd)
{
	int copy = memfd_create("debug", MFD_CLOEXEC);

	if (copy >= 0 && !copy_bytes(copy, fd)) {
		close(copy);
		copy = -1;
	}
	close(fd);
	return copy;
}

/* pid 0: a file of this host. fd or -1. */
static int try(uint32_t pid, const char *path, const struct wanted *wanted)
{
	char full[PATH_MAX];
	struct stat stat;
	int fd;

	if (pid)
		snprintf(full, sizeof(full), "/proc/%u/root%s", pid, path);
	else
		snprintf(full, sizeof(full), "%s", path);
	fd = file_open(full, 0, &stat);
	if (fd < 0)
		return -1;
	if (stat.st_size > FILE_MAX ||
	    !(wanted->bits ? has_build_id(fd, wanted) : has_crc(fd, wanted->crc))) {
		close(fd);
		return -1;
	}
	return pid ? copy_of(fd) : fd;
}

static int try_both(uint32_t pid, const char *path, const struct wanted *wanted)
{
	int fd = try(0, path, wanted);

	return fd >= 0 ? fd : try(pid, path, wanted);
}

static int try_build_id(uint32_t pid, const struct wanted *wanted)
{
	char text[BUILD_ID_TEXT], path[PATH_MAX];

	if (wanted->bits < 2 || wanted->bits > BUILD_ID_MAX)
		return -1;
	for (int i = 0; i < wanted->bits; i++)
		snprintf(text + 2 * i, 3, "%02x", wanted->build_id[i]);
	snprintf(path, sizeof(path), DEBUG_FOLDER "/.build-id/%.2s/%s.debug", text, text + 2);
	return try_both(pid, path, wanted);
}

/* Beside the binary, in .debug beside it, and under /usr/lib/debug, as gdb does. */
static int try_link(const struct module *module, const char *link, const struct wanted *wanted)
{
	const char *slash = strrchr(module->path, '/');
	int folder = slash ? (int)(slash - module->path) : 0;
	char path[PATH_MAX];
	int fd;

	if (strchr(link, '/'))
		return -1;
	snprintf(path, sizeof(path), "%.*s/%s", folder, module->path, link);
	fd = try(module->pid, path, wanted);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "%.*s/.debug/%s", folder, module->path, link);
	fd = try(module->pid, path, wanted);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), DEBUG_FOLDER "%.*s/%s", folder, module->path, link);
	return try_both(module->pid, path, wanted);
}

static int find_debuginfo(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
                          const char *file_name, const char *link, GElf_Word crc, char **debug_name)
{
	const struct module *module = *userdata;
	struct wanted wanted = {.crc = crc};
	GElf_Addr address;
	int fd;

	(void)name;
	(void)base;
	(void)file_name;
	(void)debug_name;
	wanted.bits = dwfl_module_build_id(mod, &wanted.build_id, &address);
	if (wanted.bits < 0)
		wanted.bits = 0;
	fd = try_build_id(module->pid, &wanted);
	return fd < 0 && link ? try_link(module, link, &wanted) : fd;
}

const Dwfl_Callbacks module_callbacks = {
	.find_elf = find_elf,
	.find_debuginfo = find_debuginfo,
};
