/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_table.h"
#include "field/columns.h"

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
		strcat(strcat(keys, fields[i]->word->key), " ");
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

static void headings_name_columns_too(void **state)
{
	(void)state;
	expect(defaults, "Age,Local Address,Recv-Q", "age local recv_q ");
	expect(defaults, "PID/Program name", "program ");
	expect(defaults, "pid/program NAME,AGE,local_ADDR,local address",
	       "program age local_addr local ");
	expect(defaults, "+State,rstout", "state local rst_sent ");
	expect(defaults, "netns,Netns,NETNS NAME", "netns netns_name ");
	expect(defaults, "pid,Command", "pid comm ");
}

static void keys_of_json_name_columns_too(void **state)
{
	(void)state;
	expect(defaults, "age_ns,time_ns,born_NS,life_exact", "age time born life ");
	expect(defaults, "age_exact,age_ns", "age ");
}

static size_t count_typed(const struct field *fields, size_t count, const char *typed)
{
	const struct field *found[FIELDS_TYPED_MOST];

	return fields_find_typed(fields, count, typed, found);
}

static void other_endings_name_no_column(void **state)
{
	(void)state;
	assert_int_equal(count_typed(row_fields, row_fields_count, "time_exact"), 0);
	assert_int_equal(count_typed(row_fields, row_fields_count, "pid_ns"), 0);
	assert_int_equal(count_typed(row_fields, row_fields_count, "age_"), 0);
}

/* What a filter is about is a column of sockets and of events. */
static void options_name_columns_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < cli_options_count; i++) {
		const struct cli_option *option = &cli_options[i];

		if (option->group != GROUP_FILTER)
			continue;
		assert_true(count_typed(row_fields, row_fields_count, option->name));
		assert_true(count_typed(change_fields, change_fields_count, option->name));
	}
	expect(defaults, "pid,comm,lport,rport", "pid comm local_port foreign_port ");
	expect(defaults, "port,addr", "local_port foreign_port local_addr foreign_addr ");
	expect(defaults, "state,netns,cgroup,container", "state netns cgroup container ");
	expect(defaults, "older,newer,programs,timers,stacks", "age program timer stack ");
}

/* What stands above a column must name that column and no other. */
static void check_headings(const struct field *fields, size_t count)
{
	const struct field *found[FIELDS_TYPED_MOST];

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(fields_find_typed(fields, count, fields[i].word->heading, found),
		                 1);
		assert_ptr_equal(found[0], &fields[i]);
	}
}

static void each_heading_is_of_one_column(void **state)
{
	(void)state;
	check_headings(row_fields, row_fields_count);
	check_headings(change_fields, change_fields_count);
}

static void refuse(const char *typed, const char *message)
{
	const struct field **fields = (const struct field **)0x1;
	struct diag diag = {""};
	size_t count = 99;

	assert_int_equal(columns_select(row_fields, row_fields_count, defaults, typed, &fields,
	                                &count, &diag),
	                 -EINVAL);
	assert_string_equal(diag.text, message);
	assert_ptr_equal(fields, (const struct field **)0x1);
	assert_int_equal(count, 99);
}

#define UNKNOWN(name, nearest)                                                                     \
	"unknown column \"" name "\"; did you mean " nearest "? --columns help lists all"

static void unknown_keys_get_the_three_nearest(void **state)
{
	(void)state;
	refuse("age,histroy", UNKNOWN("histroy", "history, proto or state"));
	refuse("HISTROY", UNKNOWN("HISTROY", "history, proto or state"));
	refuse("Local Adress", UNKNOWN("Local Adress", "local, local_addr or local_port"));
	refuse("peer_pids", UNKNOWN("peer_pids", "peer_pid, peer_comm or peer_netns"));
	refuse("+recvq", UNKNOWN("recvq", "recv_q, send_q or local"));
	refuse("", UNKNOWN("", "fd, age or retrans_rto"));
	refuse("age,,fd", UNKNOWN("", "fd, age or retrans_rto"));
	refuse("age, fd", UNKNOWN(" fd", "fd, pid or uid"));
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
	       "proto recv_q send_q local foreign state program " OURS
	       "owner_source peer_program ");
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
	assert_string_equal(fields[0]->word->key, "time");
	free(fields);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typed_replaces_or_adds),
		cmocka_unit_test(twice_is_once),
		cmocka_unit_test(no_defaults_are_all_fields),
		cmocka_unit_test(headings_name_columns_too),
		cmocka_unit_test(keys_of_json_name_columns_too),
		cmocka_unit_test(other_endings_name_no_column),
		cmocka_unit_test(options_name_columns_too),
		cmocka_unit_test(each_heading_is_of_one_column),
		cmocka_unit_test(unknown_keys_get_the_three_nearest),
		cmocka_unit_test(snapshot_follows_netstats_options),
		cmocka_unit_test(verbose_tells_how_the_process_is_known),
		cmocka_unit_test(event_columns_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
