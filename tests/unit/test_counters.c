/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of a namespace's counters and settings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "table/counters.h"
#include "folding.h"

#define HERE  4026531840U
#define THERE 4026532001U

static void counter_is(const struct table *table, uint32_t netns, enum counter counter,
                       uint64_t want_now, uint64_t want_grown)
{
	uint64_t now, grown;

	assert_true(table_counter(table, netns, counter, &now, &grown));
	assert_int_equal(now, want_now);
	assert_int_equal(grown, want_grown);
}

static void counter_unknown(const struct table *table, uint32_t netns, enum counter counter)
{
	uint64_t now = 7, grown = 8;

	assert_false(table_counter(table, netns, counter, &now, &grown));
	assert_int_equal(now, 7);
	assert_int_equal(grown, 8);
}

static void counters_grow(void **state)
{
	struct table *table =
		fold_new("1000 counter netns=4026531840 counter=TcpExtListenOverflows value=40\n");

	(void)state;
	counter_is(table, HERE, COUNTER_LISTEN_OVERFLOWS, 40, 0);
	fold_lines(table, "2000 counter netns=4026531840 counter=TcpExtListenOverflows value=44\n"
	                  "3000 counter netns=4026531840 counter=TcpExtListenOverflows value=49\n");
	counter_is(table, HERE, COUNTER_LISTEN_OVERFLOWS, 49, 9);
	table_free(table);
}

/* 0 is a value as any other. */
static void first_may_be_zero(void **state)
{
	struct table *table =
		fold_new("1000 counter netns=4026531840 counter=TcpOutRsts\n"
	                 "2000 counter netns=4026531840 counter=TcpOutRsts value=3\n");

	(void)state;
	counter_is(table, HERE, COUNTER_OUT_RSTS, 3, 3);
	table_free(table);
}

static void namespaces_are_apart(void **state)
{
	struct table *table =
		fold_new("1000 counter netns=4026531840 counter=TcpRetransSegs value=100\n"
	                 "1000 counter netns=4026532001 counter=TcpRetransSegs value=1\n"
	                 "2000 counter netns=4026531840 counter=TcpRetransSegs value=105\n"
	                 "2000 counter netns=4026532001 counter=TcpRetransSegs value=3\n"
	                 "2000 counter netns=4026532001 counter=TcpOutSegs value=9\n");

	(void)state;
	counter_is(table, HERE, COUNTER_RETRANSMITTED, 105, 5);
	counter_is(table, THERE, COUNTER_RETRANSMITTED, 3, 2);
	counter_is(table, THERE, COUNTER_OUT_SEGMENTS, 9, 0);
	counter_unknown(table, HERE, COUNTER_OUT_SEGMENTS);
	table_free(table);
}

/* Another one may get its number, and begins anew. */
static void gone_is_forgotten(void **state)
{
	struct table *table =
		fold_new("1000 name kind=netns key=4026532001 name=\"blue\"\n"
	                 "1000 name kind=setting key=1/4026532001 name=\"1024 2047\"\n"
	                 "1000 counter netns=4026531840 counter=TcpOutRsts value=3\n"
	                 "1000 counter netns=4026532001 counter=TcpOutRsts value=5\n"
	                 "1000 counter netns=4026532002 counter=TcpOutRsts value=7\n"
	                 "2000 netns_gone netns=4026532001\n"
	                 "2000 netns_gone netns=4026532003\n");

	(void)state;
	counter_unknown(table, THERE, COUNTER_OUT_RSTS);
	assert_null(table_setting(table, THERE, SETTING_LOCAL_PORT_RANGE));
	assert_null(names_find(table_names(table), name_key_number(NAME_NETNS, THERE)));
	counter_is(table, HERE, COUNTER_OUT_RSTS, 3, 0);
	counter_is(table, 4026532002U, COUNTER_OUT_RSTS, 7, 0);
	fold_lines(table, "3000 counter netns=4026532001 counter=TcpOutRsts value=1\n"
	                  "4000 counter netns=4026532001 counter=TcpOutRsts value=6\n");
	counter_is(table, THERE, COUNTER_OUT_RSTS, 6, 5);
	table_free(table);
}

static void unknown_is_not_zero(void **state)
{
	struct table *table = fold_new("1000 counter netns=4026531840 counter=TcpOrphans value=2\n"
	                               "1000 counter netns=4026531840 counter=9999 value=5\n"
	                               "1000 counter netns=4026531840 counter=0 value=5\n");

	(void)state;
	counter_is(table, HERE, COUNTER_ORPHANS, 2, 0);
	counter_unknown(table, HERE, COUNTER_TIME_WAITS);
	counter_unknown(table, THERE, COUNTER_ORPHANS);
	counter_unknown(table, HERE, COUNTER_NONE);
	counter_unknown(table, HERE, COUNTER_COUNT);
	table_free(table);
}

/* Orphans do, and counters of a namespace that has the inode of one that is gone. */
static void shrinking_is_no_growth(void **state)
{
	struct table *table =
		fold_new("1000 counter netns=4026531840 counter=TcpOrphans value=20\n"
	                 "2000 counter netns=4026531840 counter=TcpOrphans value=5\n");

	(void)state;
	counter_is(table, HERE, COUNTER_ORPHANS, 5, 0);
	table_free(table);
}

static void settings(void **state)
{
	char line[160];
	uint64_t number = 7;
	struct table *table;

	(void)state;
	snprintf(line, sizeof(line), "1000 name kind=setting key=%d/%u name=\"%s\"\n",
	         SETTING_FIN_TIMEOUT, HERE, "17");
	table = fold_new(line);
	assert_string_equal(table_setting(table, HERE, SETTING_FIN_TIMEOUT), "17");
	assert_true(table_setting_number(table, HERE, SETTING_FIN_TIMEOUT, &number));
	assert_int_equal(number, 17);
	assert_null(table_setting(table, THERE, SETTING_FIN_TIMEOUT));
	assert_null(table_setting(table, HERE, SETTING_SOMAXCONN));
	assert_false(table_setting_number(table, HERE, SETTING_SOMAXCONN, &number));
	assert_int_equal(number, 17);
	table_free(table);
}

static void setting_that_is_no_number(void **state)
{
	char line[160];
	uint64_t number = 7;
	struct table *table;

	(void)state;
	snprintf(line, sizeof(line), "1000 name kind=setting key=%d/%u name=\"%s\"\n",
	         SETTING_SOMAXCONN, HERE, "many");
	table = fold_new(line);
	assert_false(table_setting_number(table, HERE, SETTING_SOMAXCONN, &number));
	assert_int_equal(number, 7);
	table_free(table);
}

static bool has_ports(const char *range, uint32_t *low, uint32_t *high)
{
	char line[160];
	struct table *table;
	bool has;

	snprintf(line, sizeof(line), "1000 name kind=setting key=%d/%u name=\"%s\"\n",
	         SETTING_LOCAL_PORT_RANGE, HERE, range);
	table = fold_new(line);
	has = table_local_ports(table, HERE, low, high);
	assert_false(table_local_ports(table, THERE, low, high));
	table_free(table);
	return has;
}

static void local_ports(void **state)
{
	uint32_t low, high;

	(void)state;
	assert_true(has_ports("40000 40199", &low, &high));
	assert_int_equal(low, 40000);
	assert_int_equal(high, 40199);
	assert_true(has_ports("32768 32768", &low, &high));
	assert_false(has_ports("40000", &low, &high));
	assert_false(has_ports("many", &low, &high));
	assert_false(has_ports("50000 40000", &low, &high));
	assert_false(has_ports("40000 65536", &low, &high));
}

static void settings_have_names(void **state)
{
	char name[64];

	(void)state;
	assert_string_equal(setting_path(SETTING_SOMAXCONN), "core/somaxconn");
	assert_string_equal(setting_path(SETTING_COUNT), "");
	assert_string_equal(setting_name(SETTING_FIN_TIMEOUT, name), "net.ipv4.tcp_fin_timeout");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_grow),
		cmocka_unit_test(first_may_be_zero),
		cmocka_unit_test(namespaces_are_apart),
		cmocka_unit_test(gone_is_forgotten),
		cmocka_unit_test(unknown_is_not_zero),
		cmocka_unit_test(shrinking_is_no_growth),
		cmocka_unit_test(settings),
		cmocka_unit_test(setting_that_is_no_number),
		cmocka_unit_test(local_ports),
		cmocka_unit_test(settings_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
