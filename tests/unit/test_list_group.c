/* SPDX-License-Identifier: BSD-2-Clause */
/* Multicast groups: the files of /proc/net, and the lines of netstat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "list/group.h"

extern const struct listing listing_group;

static struct list list;

static int start(void **state)
{
	(void)state;
	list = (struct list){.listing = &listing_group};
	return 0;
}

static int stop(void **state)
{
	(void)state;
	list_free(&list);
	return 0;
}

static struct list_group *at(size_t index)
{
	assert_true(index < list.count);
	return list_at(&list, index);
}

static const char *line(size_t index)
{
	static char text[256];
	const struct field_context context = {.numeric_hosts = true};
	const struct list_request request = {.all = false};
	struct buffer out = {0};

	assert_true(listing_group.text(&request, &context, at(index), &out));
	assert_true(out.size < sizeof(text));
	memcpy(text, out.data, out.size);
	text[out.size] = '\0';
	buffer_free(&out);
	return text;
}

static void groups_of_ipv4(void **state)
{
	char text[] = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
		      "1\tlo        :     1      V3\n"
		      "\t\t\t\t010000E0     1 0:00000000\t\t0\n"
		      "12\taverylongname15:     2      V3\n"
		      "\t\t\t\tFB0000E0    22 1:00000030\t\t1\n"
		      "\t\t\t\t0100\n"
		      "\t\t\t\t010000E0     x 0:00000000\t\t0\n"
		      "\t\t\t\t010000E0     1 000000000\t\t0\n"
		      "no interface\n"
		      "\t\t\t\t010000E0     1 0:00000000\t\t0\n";

	(void)state;
	assert_int_equal(group_parse_igmp(&list, text), 0);
	assert_int_equal(list.count, 2);
	assert_string_equal(line(0), "lo              1      224.0.0.1\n");
	assert_string_equal(line(1), "averylongname15 22     224.0.0.251\n");
	assert_int_equal(at(1)->ifindex, 12);
	assert_true(at(1)->has_timer && at(1)->reporter);
	assert_int_equal(at(1)->timer, 480000000);
	assert_false(at(0)->has_timer || at(0)->reporter);
}

static void groups_of_ipv6(void **state)
{
	char text[] = "1    lo              ff020000000000000000000000000001     1 0000000C 0\n"
		      "2    eth0            ff0200000000000000000001ff000001     2 0000000C 150\n"
		      "2    eth0            ff02000000000000000000000000000      1 0000000C 0\n"
		      "2    eth0            fg020000000000000000000000000001     1 0000000C 0\n"
		      "2 eth0 ff020000000000000000000000000001 -1 0000000C 0\n"
		      "2 eth0\n\n";

	(void)state;
	assert_int_equal(group_parse_igmp6(&list, text), 0);
	assert_int_equal(list.count, 2);
	assert_string_equal(line(0), "lo              1      ff02::1\n");
	assert_string_equal(line(1), "eth0            2      ff02::1:ff00:1\n");
	assert_int_equal(at(1)->timer, 1500000000);
}

static void groups_of_the_link_layer(void **state)
{
	char text[] = "2    eth0            3     0     3333ff000001\n"
		      "2    eth0            1     0     333\n"
		      "2    eth0            1     0     \n"
		      "3    ib0             1     0     "
		      "00ffffffff12401bffff00000000000000000001aabbccddeeff00112233445566778899\n";

	(void)state;
	assert_int_equal(group_parse_link(&list, text), 0);
	assert_int_equal(list.count, 1); /* the last one is longer than any address */
	assert_string_equal(line(0), "eth0            3      33:33:ff:00:00:01\n");
}

static void sources_of_groups(void **state)
{
	char groups[] = "3\teth0      :     1      V3\n\t\t\t\t010101E8     1 0:00000000\t\t0\n";
	char sources[] = "Idx Device        MCA        SRC    INC    EXC\n"
			 "  3   eth0 0xe8010101 0xc0a8014d      1      0\n"
			 "  3   eth0 0xe8010101 0xc0a8014e      0      2\n"
			 "  4   eth0 0xe8010101 0xc0a8014f      1      0\n"
			 "  3   eth0 0xe8010101 0xc0a801        1      0\n"
			 "  3   eth0 e8010101 0xc0a8014f      1      0\n";
	struct value value;

	(void)state;
	assert_int_equal(group_parse_igmp(&list, groups), 0);
	assert_int_equal(group_parse_sources(&list, AF_INET, sources), 0);
	field_get(field_find(group_fields, group_fields_count, "group_sources"), NULL, at(0),
	          &value);
	assert_int_equal(value.number, 2);
	assert_string_equal(value.string, "+192.168.1.77,-192.168.1.78");
}

/* A name that is longer than the column is cut, and the cut shows. */
static void hostile_names(void **state)
{
	char text[] = "1\t\x1b[2J\x9b:     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n"
		      "2\tabcdefghijklmnopqrstuvwxyz:     1      V3\n"
		      "\t\t\t\t010000E0     1 0:00000000\t\t0\n";

	(void)state;
	assert_int_equal(group_parse_igmp(&list, text), 0);
	assert_string_equal(line(0), "\\x1b[2J\\x9b     1      224.0.0.1\n");
	assert_string_equal(line(1), "abcdefghijklmn+ 1      224.0.0.1\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(groups_of_ipv4),    TEST(groups_of_ipv6), TEST(groups_of_the_link_layer),
		TEST(sources_of_groups), TEST(hostile_names),
	};

	return cmocka_run_group_tests_name("list group", tests, NULL, NULL);
}
