/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "fact/frame.h"

static void expect_text(uint64_t ip, const char *name, const char *text, const char *short_text)
{
	struct buffer out = {0}, brief = {0};
	struct frame frame;

	frame_parse(name, &frame);
	frame_text(&out, ip, &frame);
	frame_text_short(&brief, ip, &frame);
	assert_int_equal(out.size, strlen(text));
	assert_memory_equal(out.data, text, out.size);
	assert_int_equal(brief.size, strlen(short_text));
	assert_memory_equal(brief.data, short_text, brief.size);
	buffer_free(&out);
	buffer_free(&brief);
}

static void prints_what_is_known(void **state)
{
	(void)state;
	expect_text(1, "serve\t1f\t/usr/bin/server\t/src/server.c:88",
	            "serve+0x1f (server) server.c:88", "serve");
	expect_text(1, "serve\t1f\t/usr/bin/server\t", "serve+0x1f (server)", "serve");
	expect_text(1, "serve\t0\t\t", "serve+0x0", "serve");
	expect_text(1, "\t1234\t/usr/bin/server\t", "server+0x1234", "server+0x1234");
	expect_text(1, "LazyCompile:~f /a.js:1\t2\t[jit]\t", "LazyCompile:~f /a.js:1+0x2 ([jit])",
	            "LazyCompile:~f /a.js:1");
	expect_text(0x7f0123456789, "", "0x7f0123456789", "0x7f0123456789");
	expect_text(0x7f0123456789, NULL, "0x7f0123456789", "0x7f0123456789");
}

/* A recording may have been written by anyone. */
static void copes_with_other_names(void **state)
{
	(void)state;
	expect_text(0x10, "serve", "serve+0x0", "serve");
	expect_text(0x10, "\t\t\t", "0x10", "0x10");
	expect_text(0x10, "\t12", "0x10", "0x10");
	expect_text(0x10, "f\txyz\t/\tx:1\tmore\t", "f+0x0 x:1", "f");
	expect_text(0x10, "\t5\t/a/b (deleted)", "b (deleted)+0x5", "b (deleted)+0x5");
}

static void parse_undoes_name(void **state)
{
	char name[FRAME_NAME_SIZE];
	struct frame frame;

	(void)state;
	frame_name(name, "serve", 0x1f, "/usr/bin/server", "server.c:88");
	assert_string_equal(name, "serve\t1f\t/usr/bin/server\tserver.c:88");
	frame_parse(name, &frame);
	assert_int_equal(frame.offset, 0x1f);
	assert_int_equal(frame.source.length, 11);
	frame_name(name, NULL, 0x1234, "/usr/bin/server", NULL);
	assert_string_equal(name, "\t1234\t/usr/bin/server\t");
}

/* Names come from files of others. */
static void keeps_its_shape(void **state)
{
	char name[FRAME_NAME_SIZE], function[4000], path[4000];

	(void)state;
	frame_name(name, "a\tb\nc", 1, "d\te", "f\x01:1");
	assert_string_equal(name, "a?b?c\t1\td?e\tf?:1");
	memset(function, 'f', sizeof(function) - 1);
	function[sizeof(function) - 1] = '\0';
	memset(path, 'p', sizeof(path) - 1);
	memcpy(path + sizeof(path) - 6, "/end", 5);
	frame_name(name, function, UINT64_MAX, path, path);
	assert_int_equal(strlen(name), FRAME_NAME_SIZE - 1);
	assert_string_equal(name + strlen(name) - 5, "p/end");
	assert_non_null(strstr(name, "f\tffffffffffffffff\tpp"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_what_is_known),
		cmocka_unit_test(copes_with_other_names),
		cmocka_unit_test(parse_undoes_name),
		cmocka_unit_test(keeps_its_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
