/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of /proc/net/{tcp,udp,udplite,raw,icmp}{,6}, as the kernel writes them and as it never does. */
#include <errno.h>

#include "inet_test.h"

static void lines_are_parsed(void **state)
{
	static const struct {
		enum list_protocol protocol;
		int family;
		const char *line;
		struct {
			const char *key, *value;
		} fields[8];
	} cases[] = {
		{LIST_TCP,
	         AF_INET,
	         "   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000003 00:00000000 00000000   "
	         "999        0 23456 1 ffff8880058b8000 100 0 0 10 0                     ",
	         {{"proto", "tcp"},
	          {"local", "127.0.0.1:3306"},
	          {"foreign", "0.0.0.0:*"},
	          {"state", "LISTEN"},
	          {"recv_q", "3"},
	          {"uid", "999"},
	          {"inode", "23456"},
	          {"timer", "off (0.00/0/0)"}}},
		{LIST_TCP,
	         AF_INET,
	         "   1: 0100007F:9C40 0200007F:0050 01 00000010:00000000 01:0000001A 00000002  "
	         "1000        3 4294967295 2 0000000000000000 20 4 30 10 -1",
	         {{"state", "ESTABLISHED"},
	          {"send_q", "16"},
	          {"inode", "4294967295"},
	          {"timer", "on (0.26/2/3)"},
	          {"drops", "-"}}},
		{LIST_TCP,
	         AF_INET,
	         "   2: 0100007F:0050 0200007F:9C40 06 00000000:00000000 03:0000176F 00000000     "
	         "0        0 0 3 0000000000000000",
	         {{"state", "TIME_WAIT"},
	          {"timer", "timewait (59.99/0/0)"},
	          {"uid", "-"},
	          {"user", "-"}}},
		{LIST_TCP,
	         AF_INET6,
	         "   0: 0000000000000000FFFF00000100007F:0050 "
	         "0000000000000000FFFF00000200007F:9C40 02 00000000:00000000 02:FFFFFFFF 00000000 "
	         "    0        0 17 1 0000000000000000 100 0 0 10 0",
	         {{"proto", "tcp6"},
	          {"local", "127.0.0.1:80"},
	          {"local_addr", "127.0.0.1"},
	          {"foreign", "127.0.0.2:40000"},
	          {"state", "SYN_SENT"},
	          {"uid", "0"},
	          {"timer", "keepalive (42949672.95/0/0)"}}},
		{LIST_UDP,
	         AF_INET,
	         " 1107: 0200000A:14E9 00000000:0000 07 00000000:00015400 00:00000000 00000000 "
	         "4294967294        0 19004 2 00000000936bcf93 42",
	         {{"proto", "udp"},
	          {"local", "10.0.0.2:5353"},
	          {"recv_q", "87040"},
	          {"state", "CLOSE"},
	          {"uid", "4294967294"},
	          {"drops", "42"},
	          {"timer", "off (0.00/0/0)"}}},
		{LIST_UDPLITE,
	         AF_INET6,
	         "  377: B80D01200000000000000000FF000000:0035 "
	         "00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000 "
	         "    0        0 555 2 (____ptrval____) 0",
	         {{"proto", "udpl6"},
	          {"local", "[2001:db8::ff]:53"},
	          {"foreign", "[::]:*"},
	          {"drops", "0"}}},
		{LIST_RAW,
	         AF_INET,
	         "   1: 00000000:0001 00000000:0000 07 00000000:00000000 00:00000000 00000000     "
	         "0        0 9 2 0 0",
	         {{"proto", "raw"},
	          {"local", "0.0.0.0:1"},
	          {"ip_protocol", "1"},
	          {"local_port", "-"}}},
		{LIST_PING,
	         AF_INET,
	         "    0: 00000000:0007 00000000:0000 07 00000000:00000000 00:00000000 00000000     "
	         "0        0 9 2 0 3",
	         {{"proto", "ping"}, {"local_port", "7"}, {"drops", "3"}, {"ip_protocol", "-"}}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct inet_test test;

		inet_test_begin(&test, cases[i].protocol, cases[i].family);
		print_message("%s\n", cases[i].line);
		assert_int_equal(inet_add_line(&test.reader, cases[i].line), 0);
		assert_int_equal(test.list.count, 1);
		for (size_t k = 0; k < COUNT(cases[i].fields) && cases[i].fields[k].key; k++)
			assert_inet_field(inet_test_last(&test), cases[i].fields[k].key,
			                  cases[i].fields[k].value);
		list_free(&test.list);
	}
}

#define GOOD                                                                                       \
	"0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000 999 0 23456 1 0"

/* Each prefix of a good line that lacks the inode, and a good line with one byte changed. */
static void part_of_a_line_is_refused(void **state)
{
	struct inet_test test;
	char line[] = GOOD;
	size_t needed = (size_t)(strstr(line, "23456") - line);

	(void)state;
	inet_test_begin(&test, LIST_TCP, AF_INET);
	for (size_t size = 0; size < needed; size++) {
		char part[sizeof(line)];

		snprintf(part, sizeof(part), "%.*s", (int)size, line);
		assert_int_equal(inet_add_line(&test.reader, part), -EBADMSG);
		list_free(&test.list);
		inet_test_begin(&test, LIST_TCP, AF_INET6);
		assert_int_equal(inet_add_line(&test.reader, part), -EBADMSG);
		list_free(&test.list);
		inet_test_begin(&test, LIST_TCP, AF_INET);
	}
	for (size_t at = 0; at < needed; at++) {
		memcpy(line, GOOD, sizeof(line));
		line[at] = 'x';
		assert_int_equal(inet_add_line(&test.reader, line), -EBADMSG);
	}
	assert_int_equal(test.list.count, 0);
	list_free(&test.list);
}

static void other_text_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"\n",
		"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid",
		/* an address too long, too short, a port of five digits, no port */
		"0: 0100007F0:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1",
		"0: 0100007:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1",
		"0: 0100007F:00CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1",
		"0: 0100007F: 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1",
		/* numbers out of range */
		"0: 0100007F:0CEA 00000000:0000 0AA 00000000:00000000 00:00000000 00000000 0 0 1",
		"0: 0100007F:0CEA 00000000:0000 0A 000000000:00000000 00:00000000 00000000 0 0 1",
		"0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000 "
		"4294967296 0 1",
		"0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000 -2 0 1",
		"0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 "
		"99999999999999999999",
		"0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 "
		"4294967296",
		"0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 000000000 0 0 1",
		"0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:11111111111111111 00000000 "
		"0 0 1",
		/* IPv6 in a file of IPv4 */
		"0: 0000000000000000FFFF00000100007F:0050 00000000000000000000000000000000:0000 07 "
		"00000000:00000000 00:00000000 00000000 0 0 1",
	};
	struct inet_test test;

	(void)state;
	inet_test_begin(&test, LIST_UDP, AF_INET);
	for (size_t i = 0; i < COUNT(lines); i++) {
		print_message("%s\n", lines[i]);
		assert_int_equal(inet_add_line(&test.reader, lines[i]), -EBADMSG);
	}
	assert_int_equal(test.list.count, 0);
	list_free(&test.list);
}

/* Unknown states and timers print as what they are, not as what lies behind a table. */
static void unknown_numbers_are_named(void **state)
{
	struct inet_test test;

	(void)state;
	inet_test_begin(&test, LIST_TCP, AF_INET);
	assert_int_equal(inet_add_line(&test.reader, "0: 0100007F:0CEA 00000000:0000 FF "
	                                             "FFFFFFFF:FFFFFFFF FF:FFFFFFFFFFFFFFFF "
	                                             "FFFFFFFF 0 4294967295 1"),
	                 0);
	assert_inet_field(inet_test_last(&test), "state", "UNKNOWN");
	assert_inet_field(inet_test_last(&test), "recv_q", "4294967295");
	assert_inet_field(inet_test_last(&test), "timer",
	                  "unkn-255 (4294967.29/4294967295/4294967295)");
	list_free(&test.list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_parsed),
		cmocka_unit_test(part_of_a_line_is_refused),
		cmocka_unit_test(other_text_is_refused),
		cmocka_unit_test(unknown_numbers_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
