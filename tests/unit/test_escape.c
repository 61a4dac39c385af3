/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/escape.h"

static void expect(const struct buffer *buffer, const char *text)
{
	assert_false(buffer->failed);
	assert_int_equal(buffer->size, strlen(text));
	if (buffer->size)
		assert_memory_equal(buffer->data, text, buffer->size);
}

static void terminal(const char *text, const char *safe, size_t columns)
{
	struct buffer out = {0};

	assert_int_equal(escape_terminal(&out, text), columns);
	expect(&out, safe);
	buffer_free(&out);
}

static void terminal_keeps_what_is_harmless(void **state)
{
	(void)state;
	terminal("", "", 0);
	terminal("nginx: worker", "nginx: worker", 13);
	terminal("a\\x41b", "a\\x41b", 6); /* systemd escapes look so */
	terminal("b\xc3\xbc"
	         "cher \xe2\x82\xac \xf0\x9f\x90\xa7",
	         "b\xc3\xbc"
	         "cher \xe2\x82\xac \xf0\x9f\x90\xa7",
	         10);
}

static void terminal_disarms_controls(void **state)
{
	(void)state;
	terminal("\033[31mred", "\\x1b[31mred", 11);
	terminal("a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd", 16);
	terminal("\x7f", "\\x7f", 4);
	terminal("\xc2\x9b"
	         "31m",
	         "\\xc2\\x9b31m", 11); /* C1 CSI */
	terminal("\xe2\x80\xae"
	         "exe",
	         "\\xe2\\x80\\xae"
	         "exe",
	         15); /* right-to-left override */
}

static void json(const char *text, const char *string)
{
	struct buffer out = {0};

	escape_json(&out, text);
	expect(&out, string);
	buffer_free(&out);
}

/* Two names that differ must not look alike. */
static void invisible_characters_are_shown(void **state)
{
	static const struct {
		const char *text, *safe, *json;
	} cases[] = {
		{"\xc2\xad", "\\xc2\\xad", "\"\\u00ad\""}, /* soft hyphen */
		{"\xe1\xa0\x8e", "\\xe1\\xa0\\x8e", "\"\\u180e\""},
		{"\xe2\x80\x8b", "\\xe2\\x80\\x8b", "\"\\u200b\""}, /* no width */
		{"\xe2\x80\xa8", "\\xe2\\x80\\xa8", "\"\\u2028\""}, /* line separator */
		{"\xe2\x80\xae", "\\xe2\\x80\\xae", "\"\\u202e\""},
		{"\xe2\x81\xa0", "\\xe2\\x81\\xa0", "\"\\u2060\""}, /* word joiner */
		{"\xe2\x81\xa6", "\\xe2\\x81\\xa6", "\"\\u2066\""},
		{"\xe3\x85\xa4", "\\xe3\\x85\\xa4", "\"\\u3164\""}, /* Hangul filler */
		{"\xef\xbb\xbf", "\\xef\\xbb\\xbf", "\"\\ufeff\""},
		{"\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81", "\"\\udb40\\udc41\""}, /* tag */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		terminal(cases[i].text, cases[i].safe, strlen(cases[i].safe));
		json(cases[i].text, cases[i].json);
	}
}

static void terminal_shows_bytes_that_are_no_utf8(void **state)
{
	(void)state;
	terminal("a\xff"
	         "b",
	         "a\\xffb", 6);
	terminal("\xc3", "\\xc3", 4);
	terminal("\xc0\xaf", "\\xc0\\xaf", 8);                    /* "/" in too many bytes */
	terminal("\xed\xa0\x80", "\\xed\\xa0\\x80", 12);          /* a surrogate */
	terminal("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", 16); /* above U+10FFFF */
	terminal("\xe2\x82", "\\xe2\\x82", 8);                    /* cut */
}

static void json_is_valid_for_any_byte(void **state)
{
	(void)state;
	json("", "\"\"");
	json("a\"b\\c", "\"a\\\"b\\\\c\"");
	json("\n\x01\x7f", "\"\\u000a\\u0001\\u007f\"");
	json("\xc2\x9b", "\"\\u009b\"");
	json("\xc3\xbc", "\"\xc3\xbc\"");
	json("a\xff\xc3"
	     "b",
	     "\"a\xef\xbf\xbd\xef\xbf\xbd"
	     "b\"");
}

static void buffer_grows(void **state)
{
	struct buffer out = {0};
	char long_text[3000];

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	buffer_print(&out, "%d-%s-", 42, long_text);
	buffer_fill(&out, ' ', 2);
	buffer_add(&out, "\0e", 2);
	assert_false(out.failed);
	assert_int_equal(out.size, 3 + 2999 + 1 + 2 + 2);
	assert_memory_equal(out.data, "42-x", 4);
	assert_memory_equal(out.data + out.size - 6, "x-  \0e", 6);
	buffer_free(&out);
	assert_null(out.data);
	assert_int_equal(out.size, 0);
}

static void buffer_remembers_that_memory_ran_out(void **state)
{
	struct buffer out = {0};

	(void)state;
	buffer_text(&out, "kept");
	buffer_fill(&out, 'x', SIZE_MAX - 2);
	assert_true(out.failed);
	buffer_text(&out, "dropped");
	assert_int_equal(out.size, 4);
	buffer_free(&out);
}

static void escapes_of_each_form_are_read(void **state)
{
	static const struct {
		const char *text, *c, *octal, *hex;
	} cases[] = {
		{"plain", "plain", "plain", "plain"},
		{"a\\040b", "a b", "a b", "a\\040b"},
		{"a\\x2db", "a-b", "a\\x2db", "a-b"},
		{"\\t\\\\\\\"", "\t\\\"", "\\t\\\\\\\"", "\\t\\\\\\\""},
		{"\\11|\\4|\\08", "\t|\4|\\08", "\\11|\\4|\\08", "\\11|\\4|\\08"},
		{"\\400|\\777", "\\400|\\777", "\\400|\\777", "\\400|\\777"}, /* no byte */
		{"\\x4|\\xg0|\\x", "\\x4|\\xg0|\\x", "\\x4|\\xg0|\\x", "\\x4|\\xg0|\\x"},
		{"\\000|\\x00", "\\000|\\x00", "\\000|\\x00", "\\000|\\x00"}, /* NUL */
		{"\\xC3\\xbc\\", "\xc3\xbc\\", "\\xC3\\xbc\\", "\xc3\xbc\\"},
		{"\\q", "\\q", "\\q", "\\q"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *expected[] = {cases[i].c, cases[i].octal, cases[i].hex};

		for (int form = 0; form < 3; form++) {
			char text[64];

			strcpy(text, cases[i].text);
			unescape(text, 1 << form);
			assert_string_equal(text, expected[form]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminal_keeps_what_is_harmless),
		cmocka_unit_test(terminal_disarms_controls),
		cmocka_unit_test(invisible_characters_are_shown),
		cmocka_unit_test(terminal_shows_bytes_that_are_no_utf8),
		cmocka_unit_test(json_is_valid_for_any_byte),
		cmocka_unit_test(escapes_of_each_form_are_read),
		cmocka_unit_test(buffer_grows),
		cmocka_unit_test(buffer_remembers_that_memory_ran_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
