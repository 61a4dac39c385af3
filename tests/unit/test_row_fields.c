/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "field/columns.h"
#include "field/value.h"
#include "row_expect.h"

/* --- as netstat ------------------------------------------------------------------------------ */

#define HOLDER                                                                                     \
	"2000 walk_begin kind=holders\n"                                                           \
	"2000 holder sk=a1 cookie=11 pid=4942 fd=5 inode=9731 netns=7 comm=\"python3\"\n"          \
	"2000 walk_end kind=holders\n"

static void prints_netstats_line(void **state)
{
	const char *keys[COLUMNS_MAX];
	const struct field **fields = NULL;
	struct table *table = fold_new(SERVER HOLDER);
	struct view view = {.format = &view_text, .context = context_of(table), .header = true};
	struct diag diag;
	char *text = NULL;
	size_t size, wanted = 10;

	(void)state;
	columns_snapshot(true, true, true, true, keys);
	assert_int_equal(columns_select(row_fields, row_fields_count, keys, NULL, &fields,
	                                &view.field_count, &diag),
	                 0);
	assert_true(view.field_count > wanted);
	view.field_count = wanted; /* netstat's come first */
	view.fields = fields;
	view.title = "Active Internet connections (servers and established)";
	view.out = open_memstream(&text, &size);
	assert_int_equal(view.format->begin(&view), 0);
	assert_int_equal(view.format->object(&view, fold_row(table, 0)), 0);
	fclose(view.out);
	/* net-tools 2.10: netstat -antpeo */
	assert_string_equal(
		text,
		"Active Internet connections (servers and established)\n"
		"Proto Recv-Q Send-Q Local Address           Foreign Address         State       "
		"User       Inode      PID/Program name     Timer\n"
		"tcp        3     12 127.0.0.1:80            127.0.0.1:33492         ESTABLISHED "
		"33         9731       4942/python3         keepalive (7199.67/0/0)\n");
	free(text);
	free(fields);
	table_free(table);
}

static void v6_is_tcp6(void **state)
{
	struct table *table =
		fold_new("1 seen sk=a1 state=LISTEN flags=socket,tuple,queues,ident family=inet6 "
	                 "local=[::]:22 remote=[::]:0 netns=7 inode=9 rqueue=1 wqueue=128\n");
	const struct row *row = fold_row(table, 0);

	(void)state;
	expect(table, row, "proto", "tcp6");
	expect(table, row, "local", ":::22");
	expect(table, row, "foreign", ":::*");
	expect(table, row, "recv_q", "1");
	expect(table, row, "send_q", "128");
	expect(table, row, "in_accept_queue", "no");
	expect(table, row, "family", "inet6");
	expect(table, row, "local_addr", "::");
	expect(table, row, "local_port", "22");
	expect(table, row, "foreign_port", "-");
	table_free(table);
}

static void timers(void **state)
{
	static const struct {
		const char *fact, *text;
	} cases[] = {
		{"timer=off", "off (0.00/0/0)"},
		{"timer=retransmit timer_ms=200 retrans=1", "on (0.20/1/0)"},
		{"timer=probe timer_ms=12345 probes=3", "probe (12.34/0/3)"},
		{"timer=9 timer_ms=10", "unkn-9 (0.01/0/0)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char line[256];
		struct table *table;

		snprintf(line, sizeof(line),
		         "1 seen sk=a1 state=ESTABLISHED flags=socket,tuple,timer family=inet "
		         "local=10.0.0.1:1 remote=10.0.0.2:2 netns=7 %s\n",
		         cases[i].fact);
		table = fold_new(line);
		expect(table, fold_row(table, 0), "timer", cases[i].text);
		table_free(table);
	}
}

static void timers_count_down_and_end_with_an_event(void **state)
{
	struct table *table = fold_new(
		"1000000000 seen sk=a1 state=ESTABLISHED flags=socket,tuple,timer family=inet "
		"local=10.0.0.1:1 remote=10.0.0.2:2 netns=7 timer=retransmit timer_ms=1500\n"
		"2000000000 tick\n");

	(void)state;
	expect(table, fold_row(table, 0), "timer", "on (0.50/0/0)");
	fold_lines(table, "9000000000 tick\n");
	expect(table, fold_row(table, 0), "timer", "on (0.00/0/0)");
	fold_lines(table,
	           "9000000001 state sk=a1 old=ESTABLISHED new=CLOSE_WAIT state=ESTABLISHED "
	           "flags=socket,tuple family=inet local=10.0.0.1:1 remote=10.0.0.2:2 netns=7\n");
	expect(table, fold_row(table, 0), "timer", "-");
	table_free(table);
}

/* --- what is not known ----------------------------------------------------------------------- */

static void unknown_is_never_zero(void **state)
{
	static const char *const unknown[] = {
		"recv_q",      "send_q",         "user",         "inode",   "program",
		"timer",       "retrans",        "rst_sent",     "reason",  "closed_by",
		"pid",         "comm",           "fd",           "holders", "uid",
		"cgroup",      "container",      "cookie",       "born",    "remaining",
		"error",       "bytes_sent",     "listener",     "netns",   "netns_name",
		"retrans_rto", "bytes_received", "rst_received", "stack",
	};
	struct table *table = fold_new("5 seen sk=a1 state=ESTABLISHED flags=socket,tuple "
	                               "family=inet local=10.0.0.1:1 remote=10.0.0.2:2\n");

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		print_message("%s\n", unknown[i]);
		expect(table, fold_row(table, 0), unknown[i], "-");
	}
	expect_json(table, fold_row(table, 0), "inode", "\"inode\":null");
	table_free(table);
}

static void minis_have_neither_queue_nor_inode(void **state)
{
	struct table *table = fold_new(
		"1000000000 walk_begin kind=sockets netns=7\n"
		"1000000000 seen sk=a1 state=TIME_WAIT flags=mini,tuple,timer family=inet "
		"local=10.0.0.1:1 remote=10.0.0.2:2 netns=7 timer=timewait timer_ms=59990\n"
		"1000000000 walk_end kind=sockets netns=7\n");
	const struct row *row = fold_row(table, 0);

	(void)state;
	expect(table, row, "recv_q", "0");
	expect(table, row, "send_q", "0");
	expect(table, row, "inode", "0");
	expect(table, row, "program", "-");
	expect(table, row, "timer", "timewait (59.99/0/0)");
	expect(table, row, "remaining", "59.9s");
	expect(table, row, "in_accept_queue", "no");
	expect(table, row, "sock", "-");
	table_free(table);
}

/* --- who ------------------------------------------------------------------------------------- */

static void owners(void **state)
{
	struct table *table = fold_new(SERVER HOLDER);
	const struct row *row = fold_row(table, 0);

	(void)state;
	expect(table, row, "program", "4942/python3");
	expect(table, row, "pid", "4942");
	expect(table, row, "comm", "python3");
	expect(table, row, "owner_source", "fd-walk");
	expect(table, row, "fd", "5");
	expect(table, row, "holders", "1");
	fold_lines(table,
	           "3000 walk_begin kind=holders\n"
	           "3000 holder sk=a1 cookie=11 pid=4942 fd=5 inode=9731 netns=7 comm=\"python3\"\n"
	           "3000 holder sk=a1 cookie=11 pid=5000 fd=5 inode=9731 netns=7 comm=\"a\\\"b\"\n"
	           "3000 holder sk=a1 cookie=11 pid=5001 fd=7 inode=9731 netns=7 comm=\"\\377\"\n"
	           "3000 walk_end kind=holders\n");
	expect(table, row, "program", "4942/python3+2");
	expect(table, row, "holders", "3");
	expect_json(table, row, "holders",
	            "\"holders\":[{\"pid\":4942,\"fd\":5,\"comm\":\"python3\"},"
	            "{\"pid\":5000,\"fd\":5,\"comm\":\"a\\\"b\"},"
	            "{\"pid\":5001,\"fd\":7,\"comm\":\"\xef\xbf\xbd\"}]");
	table_free(table);
}

static void no_holder_is_zero_once_walked(void **state)
{
	struct table *table = fold_new(SERVER "2000 walk_begin kind=holders\n"
	                                      "2000 walk_end kind=holders\n");

	(void)state;
	expect(table, fold_row(table, 0), "holders", "0");
	expect_json(table, fold_row(table, 0), "holders", "\"holders\":[]");
	table_free(table);
}

#define LISTENER                                                                                   \
	"1000 walk_begin kind=sockets netns=7\n"                                                   \
	"1000 seen sk=b1 cookie=21 state=LISTEN flags=socket,tuple,queues,ident family=inet "      \
	"local=0.0.0.0:80 remote=0.0.0.0:0 netns=7 inode=50\n"                                     \
	"1000 seen sk=b2 cookie=22 state=CLOSE_WAIT flags=done,tuple,queues,ident family=inet "    \
	"local=10.0.0.1:80 remote=10.0.0.2:999 netns=7\n"                                          \
	"1000 walk_end kind=sockets netns=7\n"                                                     \
	"1000 walk_begin kind=holders\n"                                                           \
	"1000 holder sk=b1 cookie=21 pid=42 fd=3 inode=50 netns=7 comm=\"srv\"\n"                  \
	"1000 walk_end kind=holders\n"

static void unaccepted_belongs_to_the_listener_in_parentheses(void **state)
{
	struct table *table = fold_new(LISTENER);
	const struct row *row = fold_row(table, 22);

	(void)state;
	expect(table, row, "program", "(42/srv)");
	expect(table, row, "owner_source", "listener");
	expect(table, row, "pid", "42");
	expect(table, row, "fd", "-");
	expect(table, row, "holders", "0");
	expect(table, row, "inode", "0");
	expect(table, row, "in_accept_queue", "yes");
	expect(table, row, "listener", "0.0.0.0:80");
	expect(table, fold_row(table, 21), "program", "42/srv");
	expect(table, fold_row(table, 21), "listener", "-");
	table_free(table);
}

static void users_by_number_or_name(void **state)
{
	struct table *table = fold_new(SERVER);
	struct field_context context = context_of(table);
	struct name_key wish;

	(void)state;
	expect(table, fold_row(table, 0), "user", "33");
	assert_false(names_next_query(table_names(table), 1 << NAME_USER, &wish));
	context.numeric_users = false;
	expect_with(&context, &view_text, fold_row(table, 0), "user", "33");
	assert_true(names_next_query(table_names(table), 1 << NAME_USER, &wish));
	assert_int_equal(wish.key[0], 33);
	fold_lines(table, "3000 name kind=user key=33 name=\"www-data\"\n");
	expect_with(&context, &view_text, fold_row(table, 0), "user", "www-data");
	expect(table, fold_row(table, 0), "user", "33");
	expect(table, fold_row(table, 0), "uid", "33");
	table_free(table);
}

static void cgroup_and_container(void **state)
{
	struct table *table = fold_new(SERVER);
	const struct row *row = fold_row(table, 0);
	struct name_key wish;

	(void)state;
	expect(table, row, "container", "-");
	assert_true(names_next_query(table_names(table), 1 << NAME_CGROUP, &wish));
	assert_int_equal(wish.key[0], 77);
	fold_lines(table,
	           "3000 name kind=cgroup key=77 name=\"/system.slice/docker-"
	           "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope\"\n");
	expect(table, row, "cgroup",
	       "/system.slice/docker-"
	       "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope");
	expect(table, row, "container", "docker:0123456789ab");
	expect(table, row, "container_id",
	       "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	fold_lines(table, "3000 name kind=cgroup key=77 name=\"/system.slice/nginx.service\"\n");
	expect(table, row, "container", "systemd:nginx.service");
	table_free(table);
}

static void namespaces_by_name_or_number(void **state)
{
	struct table *table = fold_new(SERVER);

	(void)state;
	expect(table, fold_row(table, 0), "netns", "7");
	expect(table, fold_row(table, 0), "netns_name", "7");
	fold_lines(table, "3000 name kind=netns key=7 name=\"blue\"\n");
	expect(table, fold_row(table, 0), "netns_name", "blue");
	fold_lines(table, "3000 name kind=netns key=7\n");
	expect(table, fold_row(table, 0), "netns_name", "7");
	table_free(table);
}

/* The registry says beforehand what a getter makes: JSON keys hang on it. */
static void values_are_of_their_fields_type(void **state)
{
	struct table *table = fold_new(SERVER HOLDER LISTENER);
	struct field_context context = context_of(table);
	unsigned int known = 0;
	struct row_iter iter;
	const struct row *row;

	(void)state;
	table_for_each (table, iter, row) {
		for (size_t i = 0; i < row_fields_count; i++) {
			struct value value;

			field_get(&row_fields[i], &context, row, &value);
			if (value.type == VALUE_NONE)
				continue;
			assert_int_equal(value.type, row_fields[i].word->type);
			assert_true(value.type != VALUE_LIST || value.list);
			known++;
		}
	}
	assert_true(known > row_fields_count);
	table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_netstats_line),
		cmocka_unit_test(v6_is_tcp6),
		cmocka_unit_test(timers),
		cmocka_unit_test(timers_count_down_and_end_with_an_event),
		cmocka_unit_test(unknown_is_never_zero),
		cmocka_unit_test(minis_have_neither_queue_nor_inode),
		cmocka_unit_test(owners),
		cmocka_unit_test(no_holder_is_zero_once_walked),
		cmocka_unit_test(unaccepted_belongs_to_the_listener_in_parentheses),
		cmocka_unit_test(users_by_number_or_name),
		cmocka_unit_test(cgroup_and_container),
		cmocka_unit_test(namespaces_by_name_or_number),
		cmocka_unit_test(values_are_of_their_fields_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
