/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/enrich/maps.c src/enrich/perfmap.c */
/* Input: /proc/PID/maps, and what a JIT compiler writes of its code: /tmp/perf-PID.map. */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "enrich/maps.h"
#include "enrich/perfmap.h"
#include "fuzz.h"

static int file_of(const uint8_t *data, size_t size)
{
	int fd = memfd_create("maps", MFD_CLOEXEC);

	EXPECT(fd >= 0 && write(fd, data, size) == (ssize_t)size && !lseek(fd, 0, SEEK_SET));
	return fd;
}

/* Each has its place, files are told in their order, and none is told twice. */
static void look_up(const struct maps *maps)
{
	size_t next = 0;

	for (size_t i = 0; i < maps->count; i++) {
		const struct mapping *found = maps_find(maps, maps->list[i].start);

		if (found)
			EXPECT(found->start <= maps->list[i].start &&
			       found->end > maps->list[i].start);
		EXPECT(!strchr(maps->list[i].path, '\n'));
	}
	for (size_t index = 0, last; maps_next_file(maps, &index, &last); index = last + 1) {
		EXPECT(index >= next && last >= index && last < maps->count);
		EXPECT(maps->list[index].inode);
		next = last + 1;
	}
}

static void read_maps(const uint8_t *data, size_t size)
{
	int fd = file_of(data, size), err;
	struct maps maps = {0};

	err = maps_read(&maps, fd);
	EXPECT(err == 0 || err == -ESRCH);
	EXPECT(err ? !maps.count : maps.count > 0);
	look_up(&maps);
	maps_free(&maps);
	close(fd);
}

static void read_perfmap(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	struct perfmap map = {0};
	size_t whole = perfmap_add(&map, text, size);

	EXPECT(whole <= size && (!whole || text[whole - 1] == '\n'));
	for (size_t i = 0; i < map.count; i++) {
		const struct perfmap_entry *found = perfmap_find(&map, map.entries[i].start);

		EXPECT(found && strlen(perfmap_name(&map, found)) < map.names.size);
	}
	perfmap_free(&map);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_maps(data, size);
	read_perfmap(data, size);
	return 0;
}
