/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/image.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump.h"

#define IMAGES_KEPT OPENER_SLOTS

struct images {
	struct image list[IMAGES_KEPT];
	uint64_t uses;
};

struct images *images_new(int opener)
{
	struct images *images = calloc(1, sizeof(*images));

	for (uint32_t i = 0; images && i < IMAGES_KEPT; i++)
		images->list[i].client = (struct opener_client){.socket = opener, .slot = i};
	return images;
}

static void forget(struct image *image)
{
	dwfl_end(image->dwfl);
	free(image->modules);
	maps_free(&image->maps);
	perfmap_free(&image->jit);
	*image = (struct image){.client = image->client};
}

void images_free(struct images *images)
{
	for (size_t i = 0; images && i < IMAGES_KEPT; i++)
		forget(&images->list[i]);
	free(images);
}

static bool has_code(const struct maps *maps, size_t first, size_t last)
{
	for (size_t i = first; i <= last; i++)
		if (maps->list[i].executable)
			return true;
	return false;
}

static void report_module(struct image *image, size_t first, size_t last)
{
	const struct mapping *mapping = &image->maps.list[first];
	struct module *module = &image->modules[image->module_count];
	void **userdata;
	Dwfl_Module *mod;

	*module = (struct module){
		.client = &image->client,
		.start = mapping->start,
		.path = mapping->path,
	};
	mod = dwfl_report_module(image->dwfl, mapping->path, mapping->start,
	                         image->maps.list[last].end);
	if (!mod)
		return;
	dwfl_module_info(mod, &userdata, NULL, NULL, NULL, NULL, NULL, NULL);
	*userdata = module;
	image->module_count++;
}

static bool report_modules(struct image *image)
{
	size_t first = 0, last;

	image->dwfl = dwfl_begin(&module_callbacks);
	image->modules = calloc(image->maps.count, sizeof(*image->modules));
	if (!image->dwfl || !image->modules)
		return false;
	dwfl_report_begin(image->dwfl);
	for (; maps_next_file(&image->maps, &first, &last); first = last + 1)
		if (has_code(&image->maps, first, last))
			report_module(image, first, last);
	return !dwfl_report_end(image->dwfl, NULL, NULL);
}

/* The first mapped file with code is the program, if the kernel has loaded it. */
static struct program_key find_program(const struct maps *maps)
{
	for (size_t i = 0; i < maps->count; i++)
		if (maps->list[i].executable && maps->list[i].inode)
			return (struct program_key){
				.device = (uint64_t)maps->list[i].major << 32 | maps->list[i].minor,
				.inode = maps->list[i].inode,
			};
	return (struct program_key){0};
}

/* maps: an fd of /proc/PID/maps; closed. */
static bool read_image(struct image *image, const struct stack_dump *dump, int maps)
{
	int err = maps_read(&image->maps, maps);

	close(maps);
	image->space = dump->space;
	image->start = dump->start;
	image->pid = dump->pid;
	if (err || !report_modules(image))
		return false;
	image->program = find_program(&image->maps);
	/* Read it now: the process may end soon. */
	perfmap_read(&image->jit, opener_open_perfmap(&image->client));
	return true;
}

struct image *image_find(struct images *images, uint32_t pid, uint64_t space)
{
	for (size_t i = 0; i < IMAGES_KEPT; i++) {
		struct image *image = &images->list[i];

		if (image->pid && image->pid == pid && image->space == space)
			return image;
	}
	return NULL;
}

static struct image *least_used(struct images *images)
{
	struct image *least = &images->list[0];

	for (size_t i = 1; i < IMAGES_KEPT; i++)
		if (images->list[i].used < least->used)
			least = &images->list[i];
	return least;
}

struct image *image_get(struct images *images, const struct stack_dump *dump, bool fresh)
{
	struct image *image = image_find(images, dump->pid, dump->space);
	bool known = image != NULL;
	int maps;

	if (!known)
		image = least_used(images);
	if (!known || fresh) {
		/* A process that is gone keeps its last state. */
		maps = opener_open_maps(&image->client, dump->pid, dump->start);
		if (maps < 0 && !known)
			return NULL;
		if (maps >= 0) {
			forget(image);
			if (!read_image(image, dump, maps)) {
				forget(image);
				return NULL;
			}
		}
	}
	image->used = ++images->uses;
	return image;
}
