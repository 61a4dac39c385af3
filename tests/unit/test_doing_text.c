/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/enrich/doing_text.c */
/* Limits and syscalls in /proc/PID as the kernel writes them. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "enrich/doing_text.h"

static void limit_of_files(void **state)
{
	uint64_t limit = 7;

	(void)state;
	assert_int_equal(doing_parse_limit("Limit  Soft Limit  Hard Limit  Units\n", &limit),
	                 -EINVAL);
	assert_int_equal(doing_parse_limit("Max open files            none  1 files\n", &limit),
	                 -EINVAL);
	assert_int_equal(limit, 7);
	assert_int_equal(doing_parse_limit("Max processes             5  6  processes\n"
	                                   "Max open files            1024  1048576  files\n",
	                                   &limit),
	                 0);
	assert_int_equal(limit, 1024);
	assert_int_equal(doing_parse_limit(
				 "Max open files            unlimited  unlimited  files\n", &limit),
	                 0);
	assert_true(limit == UINT64_MAX);
}

static void check_syscall(const char *text, bool native, const char *name, int fd)
{
	struct doing_group group;

	doing_parse_syscall(text, native, &group);
	assert_string_equal(group.syscall, name);
	assert_int_equal(group.fd, fd);
	assert_int_equal(group.threads, 1);
}

static void syscall_of_a_thread(void **state)
{
	char text[128];

	(void)state;
	check_syscall("running\n", true, "running", -1);
	check_syscall("-1 0x7ffd10 0x7f5a43\n", true, "none", -1);
	check_syscall("", true, "", -1);
	check_syscall("what\n", true, "", -1);
	check_syscall("99999 0x3 0x0 0x0 0x0 0x0 0x0 0x1 0x2\n", true, "syscall 99999", -1);

	snprintf(text, sizeof(text), "%d 0x3 0x0 0x0 0x0 0x0 0x0 0x1 0x2\n", SYS_accept4);
	check_syscall(text, true, "accept4", 3);
	snprintf(text, sizeof(text), "%d 0xffffffff00000005 0x0\n", SYS_read);
	check_syscall(text, true, "read", 5); /* the kernel uses the lower half */
	snprintf(text, sizeof(text), "%d 0x5 0x0\n", SYS_futex);
	check_syscall(text, true, "futex", -1);
	check_syscall("29 0x5 0x0\n", false, "syscall 29", -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limit_of_files),
		cmocka_unit_test(syscall_of_a_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
