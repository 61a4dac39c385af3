/* SPDX-License-Identifier: BSD-2-Clause */
/* A socket by the names that people give it. */
#include <errno.h>

#include "select/pick.h"
#include "table_test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SOCKETS                                                                                    \
	"1s state sk=a1 old=CLOSE new=SYN_SENT cookie=4101 flags=owned,tuple,socket pid=42 "       \
	"comm=\"curl\"" CLIENT "\n"                                                                \
	"2s connect sk=a1 cookie=4101 fd=7 inode=77 netns=7 pid=42 comm=\"curl\"\n"                \
	"3s state sk=a2 old=SYN_RECV new=ESTABLISHED cookie=4102 flags=tuple local=[::1]:80 "      \
	"remote=[::1]:5000 netns=7\n"                                                              \
	"3s state sk=a3 old=SYN_RECV new=ESTABLISHED cookie=4103 flags=tuple "                     \
	"local=[::ffff:10.0.0.1]:80 remote=[::ffff:10.0.0.2]:5000 netns=7\n"                       \
	"3s name kind=interface key=3/7 name=\"br-1\"\n"                                           \
	"3s state sk=a4 old=SYN_RECV new=ESTABLISHED cookie=4104 flags=tuple local=[fe80::1]:80 "  \
	"remote=[fe80::2]:5000 netns=7 ifindex=3\n"                                                \
	"3s state sk=a5 old=SYN_RECV new=ESTABLISHED cookie=4105 flags=tuple local=[fe80::1]:80 "  \
	"remote=[fe80::2]:5000 netns=7 ifindex=4\n"

static void names_lead_to_their_socket(void **state)
{
	static const struct {
		const char *name;
		uint64_t cookie; /* 0: to none */
	} cases[] = {
		{"4101", 4101},
		{"sk:1005", 4101},
		{"sk:1006", 4102},
		{"4106", 0},
		{"42:7", 4101},
		{"42:8", 0},
		{"43:7", 0},
		{"10.0.0.1:40000-10.0.0.2:80", 4101},
		{"10.0.0.2:80-10.0.0.1:40000", 0}, /* the other end */
		{"[::1]:80-[::1]:5000", 4102},
		{"::1:80-::1:5000", 4102}, /* as netstat prints it */
		{"10.0.0.1:80-10.0.0.2:5000", 4103},
		{"[fe80::1%br-1]:80-[fe80::2%br-1]:5000", 4104},
		{"[fe80::1]%br-1:80-[fe80::2]:5000", 4104}, /* as ss prints it */
		{"fe80::1%br-1:80-fe80::2%br-1:5000", 4104},
		{"fe80::1:80-fe80::2%3:5000", 4104},
		{"fe80::1%4:80-fe80::2%4:5000", 4105},
		{"fe80::1%br-1:80-fe80::2%4:5000", 0},
		{"fe80::1%br:80-fe80::2:5000", 0},
	};
	TRIAL(10);

	facts(&trial, SOCKETS);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pick pick;
		struct diag diag;
		struct row_iter iter;
		const struct row *row;
		uint64_t found = 0;

		print_message("%s\n", cases[i].name);
		assert_int_equal(pick_parse(cases[i].name, &pick, &diag), 0);
		table_for_each (trial.table, iter, row)
			if (pick_match(&pick, trial.table, row))
				found = row->cookie;
		assert_int_equal(found, cases[i].cookie);
	}
	trial_end(&trial);
}

static void what_names_no_socket_is_refused(void **state)
{
	static const char *const names[] = {
		"",
		"x",
		"0",
		"-1",
		"18446744073709551616",
		"sk:",
		"sk:0",
		"sk:xyz",
		"sk:11112222333344445",
		"1:",
		":1",
		"0:1",
		"1:-1",
		"1:2147483648",
		"4294967296:1",
		"10.0.0.1:80",
		"10.0.0.1:80-",
		"10.0.0.1%eth0:80-10.0.0.2:5000",
		"[::1%lo]:80-[::1]:5000",
		"[fe80::1%]:80-[fe80::2]:5000",
		"[fe80::1:80-[fe80::2]:5000",
		"fe80::1]:80-[fe80::2]:5000",
		"10.0.0.1-10.0.0.2",
		"10.0.0.1:0-10.0.0.2:1",
		"10.0.0.1:65536-10.0.0.2:1",
		"10.0.0.0/8:80-10.0.0.2:1",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct pick pick = {.pid = 12345};
		struct diag diag = {""};

		print_message("%s\n", names[i]);
		assert_int_equal(pick_parse(names[i], &pick, &diag), -EINVAL);
		assert_non_null(
			strstr(diag.text, "is not understood: expected PID:FD (4242:7), a cookie"));
		assert_int_equal(pick.pid, 12345); /* untouched */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_lead_to_their_socket),
		cmocka_unit_test(what_names_no_socket_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
