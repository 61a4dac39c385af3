/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/enrich/process_text.c */
/* Texts of /proc/PID as the kernel writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "enrich/process_text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define TAIL " 3133440 409 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0\n"

static void stat_is_parsed(void **state)
{
	static const struct {
		const char *text, *comm;
		char state;
		bool kernel, exited;
		uint32_t threads;
		uint64_t start;
	} cases[] = {
		{"11744 (cat) R 11723 11723 10130 0 -1 4194304 99 0 0 0 0 0 0 0 20 0 1 0 "
	         "56312" TAIL,
	         "cat", 'R', false, false, 1, 56312},
		{"7 (a) b (c\n)) S 1 7 7 34816 -1 4194560 1 2 3 4 5 6 7 8 -2 19 3 0 "
	         "18446744073709551615" TAIL,
	         "a) b (c\n)", 'S', false, false, 3, UINT64_MAX},
		{"7 ()) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 9" TAIL, ")", 'S', false,
	         false, 3, 9},
		{"7 () S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 9" TAIL, "", 'S', false, false,
	         3, 9},
		{"9 (kworker/0:1H-kblockd) I 2 0 0 0 -1 69238880 0 0 0 0 0 0 0 0 0 -20 1 0 31" TAIL,
	         "kworker/0:1H-kb", 'I', true, false, 1, 31},
		{"5 (sh) Z 1 5 5 0 -1 4194316 0 0 0 0 0 0 0 0 20 0 1 0 77" TAIL, "sh", 'Z', false,
	         true, 1, 77},
		{"5 (java) Z 1 5 5 0 -1 4194316 0 0 0 0 0 0 0 0 20 0 2 0 77" TAIL, "java", 'Z',
	         false, false, 2, 77},
		{"5 (sh) X 1 5 5 0 -1 4194316 0 0 0 0 0 0 0 0 20 0 0 0 77" TAIL, "sh", 'X', false,
	         true, 0, 77},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct process_stat stat;

		print_message("%s", cases[i].text);
		assert_true(process_parse_stat(cases[i].text, &stat));
		assert_string_equal(stat.comm, cases[i].comm);
		assert_int_equal(stat.state, cases[i].state);
		assert_int_equal(stat.kernel, cases[i].kernel);
		assert_int_equal(stat.threads, cases[i].threads);
		assert_true(stat.start_ticks == cases[i].start);
		assert_int_equal(process_has_exited(&stat), cases[i].exited);
	}
}

static void other_text_is_refused(void **state)
{
	static const char *const texts[] = {
		"",         "7",
		"7 (cat",   "7 )cat( S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 9" TAIL,
		"7 (cat) ", "7 (cat) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0",
	};
	struct process_stat stat = {.comm = "kept"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_false(process_parse_stat(texts[i], &stat));
		assert_string_equal(stat.comm, "kept");
	}
}

static void cgroup_is_chosen(void **state)
{
	static const struct {
		const char *text, *path;
	} cases[] = {
		/* only v2; in no cgroup; seen from a namespace; removed under a zombie */
		{"0::/system.slice/nginx.service\n", "/system.slice/nginx.service"},
		{"0::/\n", "/"},
		{"0::/../../system.slice/nginx.service\n", "/../../system.slice/nginx.service"},
		{"0::/docker/3f4e (deleted)\n", "/docker/3f4e"},
		{"0::/a:b/c\n", "/a:b/c"},

		/* both, by systemd: the same path, or v2 goes deeper */
		{"5:memory:/system.slice\n1:name=systemd:/system.slice/a.service\n"
	         "0::/system.slice/a.service\n",
	         "/system.slice/a.service"},
		{"1:name=systemd:/system.slice/a.service\n0::/system.slice/a.service/sub\n",
	         "/system.slice/a.service/sub"},
		{"1:name=systemd:/\n0::/system.slice/a.service\n", "/system.slice/a.service"},

		/* both, a container in v1 only: in v2 it stays in its runtime's cgroup */
		{"12:pids:/docker/3f4e\n1:name=systemd:/docker/3f4e\n"
	         "0::/system.slice/containerd.service\n",
	         "/docker/3f4e"},
		{"1:name=systemd:/system.slice/a.services\n0::/system.slice/a.service\n",
	         "/system.slice/a.services"},

		/* v1 names the container, v2 does not */
		{"9:name=systemd:/init.scope\n8:pids:/docker/1\n0::/\n", "/init.scope"},
		{"8:pids:/docker/1\n1:name=systemd:/init.scope\n", "/init.scope"},
		{"9:name=systemd:/\n8:pids:/\n4:memory:/sandbox/61\n1:cpu:/\n0::/\n",
	         "/sandbox/61"},
		{"6:cpu,cpuacct:/c\n5:devices:/d\n4:memory:/m\n3:pids:/p\n2:cpuset:/s\n", "/p"},
		{"6:cpu,cpuacct:/c\n5:devices:/d\n4:memory:/m\n3:pids:/\n", "/m"},
		{"6:cpu,cpuacct:/c\n5:devices:/d\n", "/d"},
		{"2:cpuset:/s\n6:cpuacct,cpu:/c\n", "/c"},
		{"2:cpuset:/s\n7:freezer:/f\n1:name=openrc:/docker\n", "/s"},
		{"2:cpuset:/\n1:name=systemd:/\n", "/"},

		/* empty, garbage, a cut line */
		{"", ""},
		{"\n::\nabc\n1:\n0::\n0::relative\n", ""},
		{"3:pids:/p\n0::/system.slice/nginx.ser", "/p"},
		{"0::/0123456789012345678901234567890123456789012345678901234567890123\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[512], path[64] = "kept";

		print_message("%s", cases[i].text);
		snprintf(text, sizeof(text), "%s", cases[i].text);
		process_parse_cgroup(text, path, sizeof(path));
		assert_string_equal(path, cases[i].path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stat_is_parsed),
		cmocka_unit_test(other_text_is_refused),
		cmocka_unit_test(cgroup_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
