/* SPDX-License-Identifier: BSD-2-Clause */
/* SCTP: lines of /proc/net/sctp, and an SCTP socket in netstat's layout. */
#include <errno.h>

#include "inet_test.h"

static const char *const endpoints[] = {
	"ffff88017e0a0200 ffff880299f7fa00 2   10  29   11165     0 22001 10.15.1.1 10.15.1.2 ",
	"ffff88017e0a0200 ffff880299f7fa00 2   7   29   11166  1000 22002 0.0.0.0 ",
	"ffff88017e0a0200 ffff880299f7fa00 2   10  29   11167  1000 22003 "
	"2001:0db8:2222:0111:0222:0333:0444:0555 0000:0000:0000:0000:0000:ffff:0a00:0001 ",
};

static const char *const associations[] = {
	"ffff880045ac7e00 ffff88062077aa00 2   1   4  0       2        12       34     200 "
	"273361167 "
	"11567 11166  *10.35.82.11 10.35.82.12 <-> 10.35.82.21 *10.35.82.22 \t    7500    10    10 "
	"  "
	"10    0    0        0        1        0   212992   212992",
	"ffff880045ac7e00 ffff88062077aa00 2   2   1  0       3         0        0       0 "
	"273361168 "
	"22    11166  2001:0db8:0000:0000:0000:0000:0000:0001 <-> "
	"2001:0db8:2222:0111:0222:0333:0444:0555 *2001:0db8:0000:0000:0000:0000:0000:0003 \t    "
	"7500",
};

static void read_all(struct inet_test *test)
{
	inet_test_begin(test, LIST_SCTP, AF_INET);
	for (size_t i = 0; i < COUNT(endpoints); i++)
		assert_int_equal(inet_add_endpoint(&test->reader, endpoints[i]), 0);
	for (size_t i = 0; i < COUNT(associations); i++)
		assert_int_equal(inet_add_association(&test->reader, associations[i]), 0);
	assert_int_equal(test->list.count, COUNT(endpoints) + COUNT(associations));
}

static void print_all(const struct inet_test *test, struct buffer *out)
{
	const struct field_context context = {
		.numeric_hosts = true, .numeric_ports = true, .numeric_users = true};

	for (size_t i = 0; i < test->list.count; i++)
		inet_sctp_text(&test->request, &context, list_at(&test->list, i), out);
	buffer_add(out, "", 1);
	assert_false(out->failed);
}

/* As net-tools 2.10 prints the same lines, but for the mapped address, which it garbles. */
static void layout_is_netstats(void **state)
{
	struct buffer out = {0};
	struct inet_test test;

	(void)state;
	read_all(&test);
	print_all(&test, &out);
	assert_string_equal(
		out.data,
		"sctp                10.15.1.1:11165                                 LISTEN     \n"
		"                    10.15.1.2:11165                                            \n"
		"sctp                0.0.0.0:11166                                   CLOSE      \n"
		"sctp                2001:db8:2222:111:222:333:444:555:11167         LISTEN     \n"
		"                    10.0.0.1:11167                                             \n"
		"sctp      34     12 10.35.82.11:11567       10.35.82.21:11166       ESTABLISHED\n"
		"                    10.35.82.12             10.35.82.22                        \n"
		"sctp       0      0 2001:db8::1:22          "
		"2001:db8:2222:111:222:333:444:555:11166 "
		"SYN_SENT   \n"
		"                                            2001:db8::3                        "
		"\n");
	buffer_free(&out);
	list_free(&test.list);
}

static void last_line_has_user_and_program(void **state)
{
	struct buffer out = {0};
	struct inet_test test;

	(void)state;
	read_all(&test);
	test.request.extend = 1;
	test.request.programs = test.request.timers = true;
	print_all(&test, &out);
	assert_non_null(strstr(out.data,
	                       "LISTEN     \n                    10.15.1.2:11165          "
	                       "                                   0          22001      -  "
	                       "                  \n"));
	assert_non_null(
		strstr(out.data, "CLOSE       1000       22002      -                    \n"));
	buffer_free(&out);
	list_free(&test.list);
}

static void fields_have_all_addresses(void **state)
{
	struct inet_test test;
	const struct list_inet *inet;

	(void)state;
	read_all(&test);
	inet = list_at(&test.list, 0);
	assert_inet_field(inet, "local", "10.15.1.1:11165");
	assert_inet_field(inet, "foreign", "-");
	assert_inet_field(inet, "recv_q", "-");
	assert_inet_field(inet, "association", "-");
	inet = list_at(&test.list, 2);
	assert_inet_field(inet, "family", "inet6");
	assert_inet_field(inet, "local_addrs", "2001:db8:2222:111:222:333:444:555,10.0.0.1");
	inet = list_at(&test.list, 3);
	assert_inet_field(inet, "family", "inet");
	assert_inet_field(inet, "recv_q", "34");
	assert_inet_field(inet, "send_q", "12");
	assert_inet_field(inet, "local", "10.35.82.11:11567");
	assert_inet_field(inet, "foreign", "10.35.82.22:11166"); /* the primary one */
	assert_inet_field(inet, "foreign_addrs", "10.35.82.21,10.35.82.22");
	assert_inet_field(inet, "association", "SHUTDOWN_PENDING");
	assert_inet_field(inet, "uid", "200");
	inet = list_at(&test.list, 4);
	assert_inet_field(inet, "local", "[2001:db8::1]:22");
	assert_inet_field(inet, "association", "COOKIE_WAIT");
	list_free(&test.list);
}

static void rules_choose(void **state)
{
	struct inet_test test;

	(void)state;
	read_all(&test);
	test.request.all = false;
	inet_drop_unwanted(&test.request, &test.list, 0);
	assert_int_equal(test.list.count, COUNT(associations));
	list_free(&test.list);

	read_all(&test);
	test.request.all = false;
	test.request.listening = true;
	inet_drop_unwanted(&test.request, &test.list, 0);
	assert_int_equal(test.list.count, COUNT(endpoints));
	test.request.v6 = true;
	inet_drop_other_families(&test.request, &test.list, 0);
	assert_int_equal(test.list.count, 1);
	list_free(&test.list);
}

static void other_text_is_refused(void **state)
{
	static const char *const bad_endpoints[] = {
		"",
		" ENDPT     SOCK   STY SST HBKT LPORT   UID INODE LADDRS",
		"1 2 2 10 29 65536 0 1 10.0.0.1",
		"1 2 2 256 29 1 0 1 10.0.0.1",
		"1 2 2 10 29 1 4294967296 1 10.0.0.1",
		"1 2 2 10 29 1 0 -1 10.0.0.1",
		"1 2 2 10 29 1 0 1 10.0.0",
		"1 2 2 10 29 1 0 1 10.0.0.1 **10.0.0.2",
		"1 2 2 10 29 1 0 1 10.0.0.1 2001:0db8:0000:0000:0000:0000:0000:0001:0002",
	};
	static const char *const bad_associations[] = {
		"",
		" ASSOC     SOCK   STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT "
		"RPORT "
		"LADDRS <-> RADDRS HBINT INS OUTS MAXRT T1X T2X RTXC wmema wmemq sndbuf rcvbuf",
		"1 2 2 1 4 0 2 12 34 200 2733 11567 11166 10.0.0.1",
		"1 2 2 1 4 0 2 12 34 200 2733 11567 11166 10.0.0.1 <->10.0.0.2",
		"1 2 2 1 4 0 2 12 34 200 2733 11567 11166 10.0.0.1 <-->> 10.0.0.2",
		"1 2 2 1 4 0 2 12 34 200 2733 11567 11166",
		"1 2 2 1 4 0 2 -1 34 200 2733 11567 11166 10.0.0.1 <-> 10.0.0.2",
	};
	struct inet_test test;

	(void)state;
	inet_test_begin(&test, LIST_SCTP, AF_INET);
	for (size_t i = 0; i < COUNT(bad_endpoints); i++)
		assert_int_equal(inet_add_endpoint(&test.reader, bad_endpoints[i]), -EBADMSG);
	for (size_t i = 0; i < COUNT(bad_associations); i++)
		assert_int_equal(inet_add_association(&test.reader, bad_associations[i]), -EBADMSG);
	assert_int_equal(test.list.count, 0);
	list_free(&test.list);
}

/* More addresses than anybody has: the line is refused, and nothing is overrun. */
static void many_addresses_are_refused(void **state)
{
	struct buffer line = {0};
	struct inet_test test;

	(void)state;
	inet_test_begin(&test, LIST_SCTP, AF_INET);
	buffer_text(&line, "1 2 2 10 29 1 0 1");
	for (int i = 0; i < 5000; i++)
		buffer_text(&line, " 10.0.0.1");
	buffer_add(&line, "", 1);
	assert_false(line.failed);
	assert_int_equal(inet_add_endpoint(&test.reader, line.data), -EBADMSG);
	buffer_free(&line);
	list_free(&test.list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_is_netstats),
		cmocka_unit_test(last_line_has_user_and_program),
		cmocka_unit_test(fields_have_all_addresses),
		cmocka_unit_test(rules_choose),
		cmocka_unit_test(other_text_is_refused),
		cmocka_unit_test(many_addresses_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
