/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files are read with read(2), not mapped: the owner of a mapped file can kill the reader with
 * SIGBUS by truncating it. libdwfl maps debug files in any case, so a debug file that another user
 * could change is copied first.
 */
#include "enrich/module.h"

#include <elfutils/libdwelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#define FILE_MAX  (4LL << 30)
#define DEBUG_MAX (512LL << 20) /* of a debug file that must be copied */

static int find_elf(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
                    char **file_name, Elf **elf)
{
	struct module *module = *userdata;
	int fd;

	(void)mod;
	(void)name;
	(void)base;
	fd = opener_open_module(module->client, module->start);
	if (fd < 0)
		return -1;
	*elf = !fstat(fd, &module->stat) && module->stat.st_size <= FILE_MAX
	               ? elf_begin(fd, ELF_C_READ, NULL)
	               : NULL;
	if (!*elf || elf_kind(*elf) != ELF_K_ELF) {
		elf_end(*elf);
		*elf = NULL;
		close(fd);
		return -1;
	}
	*file_name = strdup(module->path);
	return fd;
}

/* --- separate debug information --------------------------------------------------------------- */

/* What the debug file must match. */
struct expected {
	const unsigned char *build_id;
	int build_id_size; /* bytes of the build id; 0: there is none */
	uint32_t crc;
};

static bool has_crc(int fd, uint32_t expected)
{
	unsigned char bytes[65536];
	uLong crc = crc32(0, NULL, 0);
	ssize_t got;
	off_t at = 0;

	while ((got = pread(fd, bytes, sizeof(bytes), at)) > 0) {
		crc = crc32(crc, bytes, (uInt)got);
		at += got;
	}
	return crc == expected;
}

static bool has_build_id(int fd, const struct expected *expected)
{
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	const void *id = NULL;
	ssize_t size;
	bool same;

	if (!elf)
		return false;
	size = dwelf_elf_gnu_build_id(elf, &id);
	same = size == expected->build_id_size && id &&
	       !memcmp(id, expected->build_id, (size_t)size);
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

/*
 * Copies the file, because libdwfl maps it and nobody must truncate it then. Closes fd. The copy's
 * fd or -1.
 */
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

/* Accepts the opened file if it matches. fd or -1. */
static int check(int fd, enum opener_place place, const struct expected *expected)
{
	struct stat stat;

	if (fd < 0)
		return -1;
	if (fstat(fd, &stat) || stat.st_size > FILE_MAX ||
	    !(expected->build_id_size ? has_build_id(fd, expected) : has_crc(fd, expected->crc))) {
		close(fd);
		return -1;
	}
	return place == PLACE_HOST ? fd : copy_of(fd);
}

static int try_build_id(const struct module *module, const struct expected *expected)
{
	static const enum opener_place places[] = {PLACE_HOST, PLACE_PROCESS};
	int fd = -1;

	if (expected->build_id_size < 2)
		return -1;
	for (size_t i = 0; fd < 0 && i < sizeof(places) / sizeof(*places); i++)
		fd = check(opener_open_build_id(module->client, places[i], expected->build_id,
		                                (size_t)expected->build_id_size),
		           places[i], expected);
	return fd;
}

static int try_link(const struct module *module, const char *link, const struct expected *expected)
{
	static const enum opener_place places[] = {PLACE_BESIDE, PLACE_BESIDE_DEBUG, PLACE_HOST,
	                                           PLACE_PROCESS};
	int fd = -1;

	for (size_t i = 0; fd < 0 && i < sizeof(places) / sizeof(*places); i++)
		fd = check(opener_open_link(module->client, places[i], module->start, link),
		           places[i], expected);
	return fd;
}

static int find_debuginfo(Dwfl_Module *mod, void **userdata, const char *name, Dwarf_Addr base,
                          const char *file_name, const char *link, GElf_Word crc, char **debug_name)
{
	const struct module *module = *userdata;
	struct expected expected = {.crc = crc};
	GElf_Addr address;
	int fd;

	(void)name;
	(void)base;
	(void)file_name;
	(void)debug_name;
	expected.build_id_size = dwfl_module_build_id(mod, &expected.build_id, &address);
	if (expected.build_id_size < 0)
		expected.build_id_size = 0;
	fd = try_build_id(module, &expected);
	return fd < 0 && link ? try_link(module, link, &expected) : fd;
}

const Dwfl_Callbacks module_callbacks = {
	.find_elf = find_elf,
	.find_debuginfo = find_debuginfo,
};
