/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table keeps of all counters of namespaces and interfaces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "folding.h"
#include "table/mib.h"
#include "table/save.h"

#define NAMES                                                                                      \
	"900 name kind=counter key=1 name=\"TcpInSegs\"\n"                                         \
	"900 name kind=counter key=2 name=\"TcpCurrEstab\"\n"                                      \
	"900 name kind=counter key=3 name=\"IfRxBytes\"\n"

static void value_is(const struct table *table, uint32_t netns, uint32_t ifindex, uint64_t id,
                     uint64_t now, int64_t grown)
{
	const struct mib_set *set = table_mib(table, netns, ifindex);
	const struct mib_value *value;

	assert_non_null(set);
	value = mib_value(set, id);
	assert_non_null(value);
	assert_int_equal(value->now, now);
	assert_true((int64_t)mib_grown(value) == grown);
}

static void differences_add_up(void **state)
{
	struct table *table = fold_new(NAMES "1000 counts netns=7 flags=first changes=1:100,2:4\n"
	                                     "2000 counts netns=7 changes=1:20,2:-3\n"
	                                     "2000 counts netns=8 changes=1:5\n");

	(void)state;
	value_is(table, 7, 0, 1, 120, 20);
	value_is(table, 7, 0, 2, 1, -3);
	value_is(table, 8, 0, 1, 5, 5); /* a namespace that was made meanwhile counts from 0 */
	assert_null(mib_value(table_mib(table, 7, 0), 3));
	assert_null(table_mib(table, 9, 0));
	table_free(table);
}

static void never_less(void **state)
{
	struct table *table = fold_new(NAMES "1000 counts netns=7 changes=1:100\n"
	                                     "2000 counts netns=7 changes=1:-70\n");

	(void)state;
	value_is(table, 7, 0, 1, 30, 130); /* it began anew from 0 */
	fold_lines(table, "3000 counts netns=7 changes=1:4294967260\n"
	                  "4000 counts netns=7 changes=1:-4294967285\n");
	value_is(table, 7, 0, 1, 5, 130 + 4294967260 + 11); /* a counter of 32 bits wrapped */
	table_free(table);
}

static void large(void **state)
{
	struct table *table =
		fold_new(NAMES "1000 counts netns=7 changes=1:8388607^40,1:1099511627775\n");

	(void)state;
	value_is(table, 7, 0, 1, INT64_MAX, INT64_MAX);
	table_free(table);
}

static void interfaces_come_and_go(void **state)
{
	struct table *table = fold_new(NAMES "1000 counts netns=7 flags=first changes=1:1\n"
	                                     "1000 counts netns=7 ifindex=2 changes=3:500\n"
	                                     "1000 counts netns=7 ifindex=1 changes=3:50\n"
	                                     "1000 counts netns=6 ifindex=9\n"
	                                     "2000 counts netns=7 ifindex=2 flags=gone\n"
	                                     "3000 counts netns=7 ifindex=2 changes=3:7\n");
	size_t place = table_mib_place(table, 7);

	(void)state;
	value_is(table, 7, 2, 3, 7, 7);
	assert_int_equal(place, 1);
	assert_int_equal(mib_ifindex(table_mib_at(table, place)), 0);
	assert_int_equal(mib_ifindex(table_mib_at(table, place + 1)), 1);
	assert_int_equal(mib_ifindex(table_mib_at(table, place + 2)), 2);
	assert_null(table_mib_at(table, place + 3));
	fold_lines(table, "4000 netns_gone netns=7\n");
	assert_null(table_mib(table, 7, 0));
	assert_null(table_mib(table, 7, 2));
	assert_non_null(table_mib(table, 6, 9));
	table_free(table);
}

static void checkpoint(const struct fact *fact, void *arg)
{
	assert_int_equal(table_apply(arg, fact), 0);
}

static void saved_and_loaded(void **state)
{
	struct table *table =
		fold_new(NAMES "1000 counts netns=7 flags=first changes=1:4194303^40,1:9,2:4\n"
	                       "2000 counts netns=7 changes=1:20\n"
	                       "2000 counts netns=7 ifindex=1 changes=3:100\n"
	                       "2500 counts netns=7 ifindex=1 changes=3:-60\n"
	                       "2500 counts netns=4\n");
	struct table *loaded = table_new(0);

	(void)state;
	assert_int_equal(table_checkpoint(table, checkpoint, loaded), 0);
	assert_int_equal(table_equal(table, loaded), 1);
	value_is(loaded, 7, 0, 1, (4194303ULL << 40) + 29, 20);
	value_is(loaded, 7, 1, 3, 40, 140);
	assert_non_null(table_mib(loaded, 4, 0));
	table_free(table);
	table_free(loaded);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(differences_add_up),
		cmocka_unit_test(never_less),
		cmocka_unit_test(large),
		cmocka_unit_test(interfaces_come_and_go),
		cmocka_unit_test(saved_and_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
