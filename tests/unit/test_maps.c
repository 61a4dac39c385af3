/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/enrich/maps.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "enrich/maps.h"

static int read_text(struct maps *maps, const char *text, size_t size)
{
	int fd = memfd_create("maps", MFD_CLOEXEC), err;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), size);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	err = maps_read(maps, fd);
	close(fd);
	return err;
}

static void mappings_are_found(void **state)
{
	static const char text[] =
		"1000-3000 r--p 00000000 fe:01 12         /usr/bin/a b (deleted)\n"
		"3000-4000 r-xp 00002000 fe:01 12         /usr/bin/a b (deleted)\n"
		"4000-5000 rw-p 00000000 00:00 0 \n"
		"7fff00000000-7fff00001000 rw-p 00000000 00:00 0                  [stack]\n"
		"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0          [vsyscall]\n";
	const struct mapping *mapping;
	struct maps maps = {0};
	size_t index = 0, last;

	(void)state;
	assert_int_equal(read_text(&maps, text, strlen(text)), 0);
	assert_int_equal(maps.count, 5);
	assert_null(maps_find(&maps, 0xfff));
	assert_null(maps_find(&maps, 0x5000));
	mapping = maps_find(&maps, 0x3fff);
	assert_true(mapping->executable && mapping->offset == 0x2000 && mapping->inode == 12);
	assert_int_equal(mapping->major, 0xfe);
	assert_string_equal(mapping->path, "/usr/bin/a b (deleted)");
	assert_string_equal(maps_find(&maps, 0x4000)->path, "");
	assert_string_equal(maps_find(&maps, 0xffffffffff600000)->path, "[vsyscall]");
	assert_true(maps_next_file(&maps, &index, &last));
	assert_true(index == 0 && last == 1);
	index = last + 1;
	assert_false(maps_next_file(&maps, &index, &last));
	maps_free(&maps);
}

static void what_is_no_line_is_left_out(void **state)
{
	static const char text[] = "\n"
				   "1000\n"
				   "1000-2000 r-xp\n"
				   "x000-2000 r-xp 0 0:0 0\n"
				   "5000-6000 r-xp 00000000 00:00 0\n"
				   "7000-8000 r-xp 00000000 00:00 0 cut off";
	struct maps maps = {0};

	(void)state;
	assert_int_equal(read_text(&maps, text, strlen(text)), 0);
	assert_int_equal(maps.count, 1);
	assert_int_equal(maps.list[0].start, 0x5000);
	assert_int_equal(read_text(&maps, "", 0), -ESRCH);
	assert_int_equal(maps.count, 0);
}

/* Names are of any length: the line after the longest one is read, too. */
static void long_paths_are_whole(void **state)
{
	enum { LONG = 4095 * 4 };
	char *text = malloc(LONG + 256);
	struct maps maps = {0};
	size_t size;

	(void)state;
	assert_non_null(text);
	strcpy(text, "1000-2000 r-xp 00000000 00:01 7    /");
	size = strlen(text);
	memset(text + size, 'x', LONG);
	strcpy(text + size + LONG, "\n2000-3000 r-xp 00000000 00:01 8    /b\n");
	assert_int_equal(read_text(&maps, text, strlen(text)), 0);
	assert_int_equal(maps.count, 2);
	assert_int_equal(strlen(maps.list[0].path), LONG + 1);
	assert_string_equal(maps.list[1].path, "/b");
	maps_free(&maps);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mappings_are_found),
		cmocka_unit_test(what_is_no_line_is_left_out),
		cmocka_unit_test(long_paths_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
