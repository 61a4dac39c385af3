/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/symbol.h"

#include <elfutils/libdwelf.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "enrich/binary.h"
#include "enrich/demangle.h"

#define BINARIES_KEPT 256

struct symbols {
	struct binary *list[BINARIES_KEPT];
	size_t next; /* slot that is replaced next */
};

struct symbols *symbols_new(void)
{
	return calloc(1, sizeof(struct symbols));
}

void symbols_free(struct symbols *symbols)
{
	for (size_t i = 0; symbols && i < BINARIES_KEPT; i++)
		binary_free(symbols->list[i]);
	free(symbols);
}

static bool make_key(Dwfl_Module *mod, const struct module *module, struct binary_key *key)
{
	const struct stat *stat = &module->stat;
	const unsigned char *id;
	GElf_Addr bias, address;
	int size;

	memset(key, 0, sizeof(*key)); /* it is compared as bytes */
	if (!dwfl_module_getelf(mod, &bias))
		return false;
	key->uid = stat->st_uid;
	key->size = (uint64_t)stat->st_size;
	size = dwfl_module_build_id(mod, &id, &address);
	if (size > 0 && size <= (int)sizeof(key->build_id)) {
		memcpy(key->build_id, id, (size_t)size);
		key->build_id_size = (uint32_t)size;
		return true;
	}
	key->device = stat->st_dev;
	key->inode = stat->st_ino;
	key->changed =
		(uint64_t)stat->st_mtim.tv_sec * 1000000000 + (uint64_t)stat->st_mtim.tv_nsec;
	return true;
}

static struct binary *find_binary(struct symbols *symbols, Dwfl_Module *mod,
                                  const struct module *module)
{
	struct binary_key key;
	struct binary *binary;

	if (!make_key(mod, module, &key))
		return NULL;
	for (size_t i = 0; i < BINARIES_KEPT && symbols->list[i]; i++)
		if (!memcmp(&symbols->list[i]->key, &key, sizeof(key)))
			return symbols->list[i];
	binary = binary_read(mod, &key);
	if (!binary)
		return NULL;
	binary_free(symbols->list[symbols->next]);
	symbols->list[symbols->next] = binary;
	symbols->next = (symbols->next + 1) % BINARIES_KEPT;
	return binary;
}

static void name_of_module(struct symbols *symbols, Dwfl_Module *mod, uint64_t ip, bool exact,
                           char name[FRAME_NAME_SIZE])
{
	char demangled[512];
	const char *function;
	const struct place *place;
	const struct module *module;
	struct binary *binary;
	GElf_Addr bias = 0;
	void **userdata;
	uint64_t address;

	dwfl_module_info(mod, &userdata, NULL, NULL, NULL, NULL, NULL, NULL);
	module = *userdata;
	binary = find_binary(symbols, mod, module);
	if (!binary) { /* the file cannot be read */
		frame_name(name, NULL, ip - module->start, module->path, NULL);
		return;
	}
	dwfl_module_getelf(mod, &bias);
	address = ip - bias;
	/* A call at the end of a function returns to an address after it. */
	place = binary_place(binary, mod, exact ? address : address - 1);
	if (place->function) {
		function = binary_function_name(binary, place->function);
		if (demangle(function, demangled, sizeof(demangled)))
			function = demangled;
		frame_name(name, function, address - place->function->start, module->path,
		           place->source);
	} else {
		frame_name(name, NULL, address, module->path, place->source);
	}
}

static bool name_of_jit(struct image *image, uint64_t ip, char name[FRAME_NAME_SIZE])
{
	const struct perfmap_entry *entry = perfmap_find(&image->jit, ip);

	/* It may have been compiled since: read what was added. */
	if (!entry && perfmap_read(&image->jit, opener_open_perfmap(&image->client)))
		entry = perfmap_find(&image->jit, ip);
	if (!entry)
		return false;
	frame_name(name, perfmap_name(&image->jit, entry), ip - entry->start, "[jit]", NULL);
	return true;
}

bool symbol_name(struct symbols *symbols, struct image *image, uint64_t ip, bool exact,
                 char name[FRAME_NAME_SIZE])
{
	Dwfl_Module *mod = image ? dwfl_addrmodule(image->dwfl, ip) : NULL;
	const struct mapping *mapping;

	if (mod) {
		name_of_module(symbols, mod, ip, exact, name);
		return true;
	}
	if (image && name_of_jit(image, ip, name))
		return false;
	name[0] = '\0';
	mapping = image ? maps_find(&image->maps, ip) : NULL;
	if (!mapping || mapping->path[0] != '[')
		return false;
	frame_name(name, NULL, ip - mapping->start, mapping->path, NULL); /* [vdso], [stack] */
	return true;
}
