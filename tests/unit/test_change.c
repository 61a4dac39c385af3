/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "table/change.h"

static void names_are_spelled_as_documented(void **state)
{
	(void)state;
	assert_string_equal(retransmit_kind_name(RETRANSMIT_SYNACK), "SYN+ACK");
	assert_string_equal(retransmit_kind_name(RETRANSMIT_SLOW_START), "slow-start");
	assert_string_equal(closer_name(CLOSER_NONE), "");
	assert_string_equal(closer_name(CLOSER_PEER_RESET), "peer-reset");
	assert_string_equal(owner_source_name(OWNER_NONE), "");
	assert_string_equal(owner_source_name(OWNER_WALK), "fd-walk");
	assert_string_equal(loss_where_name(LOSS_RING), "ring-buffer");
}

static void numbers_out_of_range_have_no_name(void **state)
{
	(void)state;
	assert_string_equal(retransmit_kind_name(RETRANSMIT_KIND_COUNT), "");
	assert_string_equal(closer_name(CLOSER_COUNT), "");
	assert_string_equal(owner_source_name(OWNER_SOURCE_COUNT), "");
	assert_string_equal(loss_where_name(LOSS_WHERE_COUNT), "");
	assert_string_equal(loss_where_name(0), "");
}

#define ALL_DIFFER(name_of, first, count)                                                          \
	do {                                                                                       \
		for (unsigned int i = (first); i < (count); i++) {                                 \
			assert_true(name_of(i)[0]);                                                \
			for (unsigned int j = (first); j < i; j++)                                 \
				assert_string_not_equal(name_of(i), name_of(j));                   \
		}                                                                                  \
	} while (0)

static void every_number_has_a_name_of_its_own(void **state)
{
	(void)state;
	ALL_DIFFER(retransmit_kind_name, 0, RETRANSMIT_KIND_COUNT);
	ALL_DIFFER(closer_name, 1, CLOSER_COUNT);
	ALL_DIFFER(owner_source_name, 1, OWNER_SOURCE_COUNT);
	ALL_DIFFER(loss_where_name, 1, LOSS_WHERE_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_spelled_as_documented),
		cmocka_unit_test(numbers_out_of_range_have_no_name),
		cmocka_unit_test(every_number_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
