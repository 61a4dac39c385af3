/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/enrich/mount_text.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "enrich/mount_text.h"

static bool parse(const char *text, char line[512], struct mount_line *mount)
{
	snprintf(line, 512, "%s", text);
	return mount_parse_line(line, mount);
}

static void fields_are_known_by_position(void **state)
{
	static const struct {
		const char *line, *root, *point, *type;
		uint32_t netns;
	} cases[] = {
		{"99 25 0:4 net:[4026532281] /run/docker/netns/3f1c rw shared:7 - nsfs nsfs rw\n",
	         "net:[4026532281]", "/run/docker/netns/3f1c", "nsfs", 4026532281},
		{"99 25 0:4 net:[4026532281] /run/netns/a rw shared:7 master:1 - nsfs nsfs rw",
	         "net:[4026532281]", "/run/netns/a", "nsfs", 4026532281},
		/* The source, the point and the root are what users call them. */
		{"99 25 0:4 / /mnt rw - tmpfs net:[4026532178] rw", "/", "/mnt", "tmpfs", 0},
		{"99 25 0:4 /net:[1] /net:[2] rw - tmpfs nsfs rw", "/net:[1]", "/net:[2]", "tmpfs",
	         0},
		{"99 25 0:4 net:[7] /mnt rw - tmpfs nsfs rw", "net:[7]", "/mnt", "tmpfs", 0},
		{"99 25 0:4 net:[7] /mnt rw - fuse.nsfs nsfs rw", "net:[7]", "/mnt", "fuse.nsfs",
	         0},
		{"99 25 0:4 / /mnt rw - tmpfs \\040-\\040nsfs\\040net:[7] rw", "/", "/mnt", "tmpfs",
	         0},
		{"99 25 0:4 - - - - nsfs nsfs rw", "-", "-", "nsfs", 0},
		{"99 25 0:4 mnt:[4026532281] /run/m rw - nsfs nsfs rw", "mnt:[4026532281]",
	         "/run/m", "nsfs", 0},
		{"1 2 3:4 /a\\040b\\134040 /\\011\\012 rw - ext4 /dev/sda rw", "/a b\\040", "/\t\n",
	         "ext4", 0},
		/* None of what the kernel writes. */
		{"1 2 3:4 /a\\04 /\\4\\400\\08 rw - ext4 x rw", "/a\\04", "/\\4\\400\\08", "ext4",
	         0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mount_line mount;
		char line[512];

		assert_true(parse(cases[i].line, line, &mount));
		assert_string_equal(mount.root, cases[i].root);
		assert_string_equal(mount.point, cases[i].point);
		assert_string_equal(mount.type, cases[i].type);
		assert_int_equal(mount_netns(&mount), cases[i].netns);
	}
}

static void other_lines_are_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"\n",
		"nsfs",
		"1 2 3 4 5",
		"1 2 3:4 net:[5] /mnt rw",
		"1 2 3:4 net:[5] /mnt rw -",
		"1 2 3:4 net:[5] /mnt rw nsfs nsfs rw",
		"1 2 3:4 net:[5] /mnt\n rw - nsfs nsfs rw",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct mount_line mount;
		char line[512];

		assert_false(parse(lines[i], line, &mount));
	}
}

static void links_are_read_whole(void **state)
{
	static const struct {
		const char *text;
		uint32_t inode;
	} cases[] = {
		{"net:[4026531833]", 4026531833},
		{"net:[4294967295]", 4294967295},
		{"net:[4294967296]", 0},
		{"net:[99999999999999999999999]", 0},
		{"net:[-18446744069683019783]", 0}, /* strtoul() would make 4026531833 of it */
		{"net:[+4026531833]", 0},
		{"net:[ 4026531833]", 0},
		{"net:[4026531833", 0},
		{"net:[4026531833]x", 0},
		{"net:[]", 0},
		{"net:[", 0},
		{"user:[4026531833]", 0},
		{"netns:[4026531833]", 0},
		{"", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(link_inode(cases[i].text, "net"), cases[i].inode);
	assert_int_equal(link_inode("socket:[4242]", "socket"), 4242);
	assert_int_equal(link_inode("socket:[4242]", "net"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_known_by_position),
		cmocka_unit_test(other_lines_are_refused),
		cmocka_unit_test(links_are_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
