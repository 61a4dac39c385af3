/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "row_expect.h"

#define TUPLE                                                                                      \
	" flags=socket,tuple,owned family=inet local=10.0.0.1:5000 remote=10.0.0.2:80 netns=7 "    \
	"cookie=31 "

#define CLIENT                                                                                     \
	"500 clock wall=1795311243000000500\n"                                                     \
	"1000 state sk=c1 old=CLOSE new=SYN_SENT state=CLOSE pid=9 comm=\"curl\"" TUPLE "\n"       \
	"2000 retransmit sk=c1 state=SYN_SENT" TUPLE "\n"                                          \
	"4000 state sk=c1 old=SYN_SENT new=ESTABLISHED state=SYN_SENT" TUPLE "\n"                  \
	"9000 state sk=c1 old=ESTABLISHED new=CLOSE_WAIT state=ESTABLISHED" TUPLE "\n"             \
	"12000 tick\n"

static void life_of_a_client(void **state)
{
	struct table *table = fold_new(CLIENT);
	const struct row *row = fold_row(table, 0);

	(void)state;
	expect(table, row, "state", "CLOSE_WAIT");
	expect(table, row, "age", "3.00us");
	expect_json(table, row, "age", "\"age_ns\":3000,\"age_exact\":true");
	expect(table, row, "life", "11.0us");
	expect(table, row, "born", "2026-11-22 01:34:03.000001Z");
	expect(table, row, "retrans", "1");
	expect(table, row, "retrans_syn", "1");
	expect(table, row, "retrans_rto", "0");
	expect(table, row, "rst_sent", "0");
	expect(table, row, "closed_by", "peer");
	expect(table, row, "program", "9/curl");
	expect(table, row, "owner_source", "connect");
	expect(table, row, "cookie", "31");
	expect(table, row, "sock", "c1");
	expect(table, row, "state_times", "ESTABLISHED=5.00us SYN_SENT=3.00us CLOSE_WAIT=3.00us");
	expect_json(table, row, "state_times",
	            "\"state_times\":["
	            "{\"state\":\"ESTABLISHED\",\"duration_ns\":5000,\"duration_exact\":true},"
	            "{\"state\":\"SYN_SENT\",\"duration_ns\":3000,\"duration_exact\":true},"
	            "{\"state\":\"CLOSE_WAIT\",\"duration_ns\":3000,\"duration_exact\":true}]");
	table_free(table);
}

static void history_of_a_client(void **state)
{
	struct table *table =
		fold_new(CLIENT "13000 rst_sent sk=c1 reason=5 state=CLOSE_WAIT" TUPLE "\n"
	                        "13000 rst_received sk=c1 state=CLOSE_WAIT" TUPLE "\n");
	const struct row *row = fold_row(table, 0);

	(void)state;
	expect(table, row, "history",
	       "SYN_SENT retransmit:SYN ESTABLISHED CLOSE_WAIT rst_sent:5 rst_received");
	fold_lines(table, "14000 name kind=rst key=5 name=\"TCP_ABORT_ON_CLOSE\"\n");
	expect(table, row, "reason", "TCP_ABORT_ON_CLOSE");
	expect_json(table, row, "history",
	            "\"history\":["
	            "{\"time\":\"2026-11-22T01:34:03.000001Z\",\"time_ns\":1795311243000001000,"
	            "\"event\":\"state\",\"new_state\":\"SYN_SENT\",\"inferred\":false,"
	            "\"retrans_kind\":null,\"reason\":null},"
	            "{\"time\":\"2026-11-22T01:34:03.000002Z\",\"time_ns\":1795311243000002000,"
	            "\"event\":\"retransmit\",\"new_state\":null,\"inferred\":false,"
	            "\"retrans_kind\":\"SYN\",\"reason\":null},"
	            "{\"time\":\"2026-11-22T01:34:03.000004Z\",\"time_ns\":1795311243000004000,"
	            "\"event\":\"state\",\"new_state\":\"ESTABLISHED\",\"inferred\":false,"
	            "\"retrans_kind\":null,\"reason\":null},"
	            "{\"time\":\"2026-11-22T01:34:03.000009Z\",\"time_ns\":1795311243000009000,"
	            "\"event\":\"state\",\"new_state\":\"CLOSE_WAIT\",\"inferred\":false,"
	            "\"retrans_kind\":null,\"reason\":null},"
	            "{\"time\":\"2026-11-22T01:34:03.000013Z\",\"time_ns\":1795311243000013000,"
	            "\"event\":\"rst_sent\",\"new_state\":null,\"inferred\":false,"
	            "\"retrans_kind\":null,\"reason\":\"TCP_ABORT_ON_CLOSE\"},"
	            "{\"time\":\"2026-11-22T01:34:03.000013Z\",\"time_ns\":1795311243000013000,"
	            "\"event\":\"rst_received\",\"new_state\":null,\"inferred\":false,"
	            "\"retrans_kind\":null,\"reason\":null}]");
	expect(table, row, "history_dropped", "0");
	table_free(table);
}

static void long_history_is_cut_in_text(void **state)
{
	struct table *table = fold_new(CLIENT);
	struct field_context context = context_of(table);
	char text[FOLD_LINE];

	(void)state;
	for (int i = 0; i < 200; i++)
		fold_lines(table, "13000 retransmit sk=c1 state=CLOSE_WAIT ca_state=3" TUPLE "\n");
	fold_print(&view_text, &context, field_find(row_fields, row_fields_count, "history"),
	           fold_row(table, 0), text);
	assert_true(strlen(text) < 160);
	assert_string_equal(text + strlen(text) - 3, "...");
	assert_true(fold_row(table, 0)->steps_dropped);
	expect_json(table, fold_row(table, 0), "history_dropped", "\"history_dropped\":172");
	table_free(table);
}

static void what_was_not_seen_from_the_start_is_a_bound(void **state)
{
	struct table *table = fold_new(SERVER "61000001000 tick\n");
	const struct row *row = fold_row(table, 0);

	(void)state;
	expect(table, row, "age", ">=1m01s");
	expect_json(table, row, "age", "\"age_ns\":61000000000,\"age_exact\":false");
	expect(table, row, "life", ">=1m01s");
	expect(table, row, "born", "-");
	expect(table, row, "bytes_sent", "100");
	expect(table, row, "bytes_received", "200");
	expect(table, row, "healed", "no");
	expect(table, row, "orphan", "no");
	table_free(table);
}

static void how_long_nothing_was_read_is_a_bound(void **state)
{
	struct table *table =
		fold_new(SERVER "2000001000 seen sk=a1 cookie=11 state=ESTABLISHED "
	                        "flags=socket,tuple,queues,bytes family=inet local=127.0.0.1:80 "
	                        "remote=127.0.0.1:33492 netns=7 rqueue=9 bytes_received=206\n");

	(void)state;
	expect(table, fold_row(table, 0), "unread_for", ">=2.00s");
	expect_json(table, fold_row(table, 0), "unread_for",
	            "\"unread_for_ns\":2000000000,\"unread_for_exact\":false");
	table_free(table);
	table = fold_new(SERVER); /* looked at once */
	expect(table, fold_row(table, 0), "unread_for", "-");
	table_free(table);
}

static void errors_by_name(void **state)
{
	struct table *table = fold_new(
		CLIENT "13000 state sk=c1 old=CLOSE_WAIT new=CLOSE state=CLOSE_WAIT err=104"
		       " flags=dead,tuple family=inet local=10.0.0.1:5000 "
		       "remote=10.0.0.2:80 netns=7 cookie=31\n");

	(void)state;
	expect(table, fold_row(table, 0), "error", "ECONNRESET");
	expect(table, fold_row(table, 0), "orphan", "yes");
	expect(table, fold_row(table, 0), "in_accept_queue", "no");
	table_free(table);
}

static void half_open_is_one_state_in_times(void **state)
{
	struct table *table =
		fold_new("1000 seen sk=d1 state=NEW_SYN_RECV flags=request,tuple family=inet "
	                 "local=10.0.0.1:80 remote=10.0.0.2:9 netns=7\n"
	                 "3000 tick\n");

	(void)state;
	expect(table, fold_row(table, 0), "state", "SYN_RECV");
	expect_json(table, fold_row(table, 0), "state_times",
	            "\"state_times\":[{\"state\":\"SYN_RECV\",\"duration_ns\":2000,\"duration_"
	            "exact\":false}]");
	expect(table, fold_row(table, 0), "state_times", "SYN_RECV>=2.00us");
	expect(table, fold_row(table, 0), "recv_q", "0");
	expect(table, fold_row(table, 0), "inode", "0");
	table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(life_of_a_client),
		cmocka_unit_test(history_of_a_client),
		cmocka_unit_test(long_history_is_cut_in_text),
		cmocka_unit_test(what_was_not_seen_from_the_start_is_a_bound),
		cmocka_unit_test(how_long_nothing_was_read_is_a_bound),
		cmocka_unit_test(errors_by_name),
		cmocka_unit_test(half_open_is_one_state_in_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
