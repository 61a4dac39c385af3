/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/columns.h"

static const char *const defaults[] = {"state", "local", NULL};

/* The keys chosen, a blank behind each. */
static void expect(const char *const *given, const char *typed, const char *expected)
{
	const struct field **fields = NULL;
	struct diag diag = {""};
	char keys[2048] = "";
	size_t count = 0;

	assert_int_equal(
		columns_select(row_fields, row_fields_count, given, typed, &fields, &count, &diag),
		0);
	for (size_t i = 0; i < count; i++)
		strcat(strcat(keys, fields[i]->key), " ");
	assert_string_equal(keys, expected);
	free(fields);
}

static void typed_replaces_or_adds(void **state)
{
	(void)state;
	expect(defaults, NULL, "state local ");
	expect(defaults, "age,fd", "age fd ");
	expect(defaults, "+age,fd", "state local age fd ");
	expect(NULL, "age", "age ");
}

static void twice_is_once(void **state)
{
	(void)state;
	expect(defaults, "age,fd,age", "age fd ");
	expect(defaults, "+local,age", "state local age ");
}

static void no_defaults_are_all_fields(void **state)
{
	const struct field **fields = NULL;
	size_t count = 0;

	(void)state;
	assert_int_equal(
		columns_select(row_fields, row_fields_count, NULL, NULL, &fields, &count, NULL), 0);
	assert_int_equal(count, row_fields_count);
	for (size_t i = 0; i < count; i++)
		assert_ptr_equal(fields[i], &row_fields[i]);
	free(fields);
}

static void refuse(const char *typed, const char *named)
{
	const struct field **fields = (const struct field **)0x1;
	struct diag diag = {""};
	size_t count = 99;

	assert_int_equal(columns_select(row_fields, row_fields_count, defaults, typed, &fields,
	                                &count, &diag),
	                 -EINVAL);
	assert_non_null(strstr(diag.text, named));
	assert_non_null(strstr(diag.text, " foreign_port")); /* the last one: all are told */
	assert_ptr_equal(fields, (const struct field **)0x1);
	assert_int_equal(count, 99);
}

static void unknown_keys_are_refused(void **state)
{
	(void)state;
	refuse("age,colour", "\"colour\"");
	refuse("", "\"\"");
	refuse("+", "\"\"");
	refuse("age,,fd", "\"\"");
	refuse("Age", "\"Age\"");
	refuse("age, fd", "\" fd\"");
}

static void expect_snapshot(bool e, bool p, bool o, const char *expected)
{
	const char *keys[COLUMNS_MAX];

	columns_snapshot(e, p, o, false, keys);
	expect(keys, NULL, expected);
}

#define OURS "age retrans rst_sent rst_received netns_name "

static void snapshot_follows_netstats_options(void **state)
{
	(void)state;
	expect_snapshot(false, false, false, "proto recv_q send_q local foreign state " OURS);
	expect_snapshot(true, false, false,
	                "proto recv_q send_q local foreign state user inode " OURS);
	expect_snapshot(false, true, false,
	                "proto recv_q send_q local foreign state program " OURS);
	expect_snapshot(true, true, true,
	                "proto recv_q send_q local foreign state user inode program timer " OURS);
}

static void verbose_tells_how_the_process_is_known(void **state)
{
	const char *keys[COLUMNS_MAX];

	(void)state;
	columns_snapshot(false, true, false, true, keys);
	expect(keys, NULL,
	       "proto recv_q send_q local foreign state program " OURS "owner_source peer ");
}

static void event_columns_exist(void **state)
{
	const struct field **fields = NULL;
	size_t count = 0;

	(void)state;
	assert_int_equal(columns_select(change_fields, change_fields_count, columns_events, NULL,
	                                &fields, &count, NULL),
	                 0);
	assert_int_equal(count, 7);
	assert_string_equal(fields[0]->key, "time");
	free(fields);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typed_replaces_or_adds),
		cmocka_unit_test(twice_is_once),
		cmocka_unit_test(no_defaults_are_all_fields),
		cmocka_unit_test(unknown_keys_are_refused),
		cmocka_unit_test(snapshot_follows_netstats_options),
		cmocka_unit_test(verbose_tells_how_the_process_is_known),
		cmocka_unit_test(event_columns_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
