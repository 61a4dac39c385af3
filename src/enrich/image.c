/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrich/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump.h"
#include "enrich/process_text.h"

#define IMAGES_KEPT 64

struct images {
	struct image list[IMAGES_KEPT];
	uint64_t uses;
};

struct images *images_new(void)
{
	return calloc(1, sizeof(struct images));
}

static void forget(struct image *image)
{
	dwfl_end(image->dwfl);
	free(image->modules);
	maps_free(&image->maps);
	perfmap_free(&image->jit);
	*image = (struct image){0};
}

void images_free(struct images *images)
{
	for (size_t i = 0; images && i < IMAGES_KEPT; i++)
		forget(&images->list[i]);
	free(images);
}

/* Is it the process that the dump is of, and not another with its pid? */
static bool started_at(uint32_t pid, uint64_t start)
{
	struct process_stat stat;
	char path[32];
	int dir;
	bool same;

	snprintf(path, sizeof(path), "/proc/%u", pid);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return false;
	same = !process_check_at(dir, start, &stat);
	close(dir);
	return same;
}

/* Its pid in its own namespace, and its user. */
static bool read_status(struct image *image)
{
	char path[32], *line = NULL;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/status", image->pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	image->ns_pid = image->pid;
	while (getline(&line, &room, file) >= 0) {
		char *last = strrchr(line, '\t');

		if (!strncmp(line, "NSpid:", 6) && last)
			image->ns_pid = (uint32_t)strtoul(last + 1, NULL, 10);
		else if (!strncmp(line, "Uid:", 4))
			image->uid = (uid_t)strtoul(line + 4, NULL, 10);
	}
	free(line);
	fclose(file);
	return true;
}

static int read_maps(struct image *image)
{
	char path[32];
	int fd, err;

	snprintf(path, sizeof(path), "/proc/%u/maps", image->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = maps_read(&image->maps, fd);
	close(fd);
	return err;
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
		.pid = image->pid,
		.start = mapping->start,
		.end = mapping->end,
		.path = mapping->path,
		.inode = mapping->inode,
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

static bool look_at(struct image *image, const struct stack_dump *dump)
{
	image->space = dump->space;
	image->start = dump->start;
	image->pid = dump->pid;
	if (!started_at(dump->pid, dump->start) || !read_status(image) || read_maps(image) ||
	    !report_modules(image))
		return false;
	/* It may end soon. */
	perfmap_read(&image->jit, image->pid, image->ns_pid, image->uid);
	return true;
}

struct image *image_find(struct images *images, uint32_t pid, uint64_t space)
{
	for (size_t i = 0; i < IMAGES_KEPT; i++) {
		struct image *image = &images->list[i];

		if (image->pid == pid && image->space == space)
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

	if (image && fresh && started_at(dump->pid, dump->start))
		forget(image); /* one that is gone is known as it was */
	else if (!image)
		image = least_used(images);
	if (!image->pid || image->space != dump->space || image->pid != dump->pid) {
		forget(image);
		if (!look_at(image, dump)) {
			forget(image);
			return NULL;
		}
	}
	image->used = ++images->uses;
	return image;
}
