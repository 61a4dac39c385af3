/* SPDX-License-Identifier: BSD-2-Clause */
/* links commands */
/* The pages of docs/states: there is one for each state, and what they say to type is right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "table/state.h"
#include "command/commands.h"
#include "view/explain.h"
#include "rules/rule.h"

#define LINES_LEAST 15
#define WIDTH_MOST  79
#define COMMAND     "    tcptrail "

static void check_line(const char *line, int size)
{
	if (size > WIDTH_MOST)
		fail_msg("%d columns: %.*s", size, size, line);
	assert_true(!size || line[size - 1] != ' ');
	for (int i = 0; i < size; i++)
		if (line[i] < ' ' || line[i] > '~')
			fail_msg("not ASCII: %.*s", size, line);
}

static void test_pages(void **state)
{
	(void)state;
	assert_null(explain_page(STATE_UNKNOWN));
	assert_null(explain_page(STATE_COUNT));
	for (unsigned int s = STATE_UNKNOWN + 1; s < STATE_COUNT; s++) {
		const char *page = explain_page(s);
		char title[32];
		int lines = 0;

		print_message("%s\n", state_name(s));
		assert_non_null(page);
		snprintf(title, sizeof(title), "# %s: ", state_name(s));
		assert_memory_equal(page, title, strlen(title));
		for (; *page; page += strcspn(page, "\n") + 1, lines++)
			check_line(page, (int)strcspn(page, "\n"));
		assert_true(lines >= LINES_LEAST);
	}
}

/* Every page has the same parts. */
static void test_parts(void **state)
{
	static const char *const parts[] = {
		"\n## What puts a socket there, what takes it out\n",
		"\n## When a pile is normal\n",
		"\n## What tcptrail shows\n",
		"\n## What to do\n",
	};

	(void)state;
	for (unsigned int s = STATE_UNKNOWN + 1; s < STATE_COUNT; s++) {
		const char *at = explain_page(s);

		assert_non_null(strstr(at, "RFC 9293"));
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
			at = strstr(at, parts[i]);
			if (!at)
				fail_msg("%s lacks%s", state_name(s), parts[i]);
		}
	}
}

static void check_command(const char *text, int size)
{
	char line[128], *rest = line, *word, *argv[16];
	struct options options;
	struct diag diag = {""};
	int argc = 0;

	assert_true(size < (int)sizeof(line));
	snprintf(line, sizeof(line), "%.*s", size, text);
	while ((word = strsep(&rest, " "))) {
		assert_true(argc < 15);
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	if (cli_parse(argc, argv, commands, &options, &diag))
		fail_msg("%.*s: %s", size, text, diag.text);
	options_free(&options);
}

static void test_commands(void **state)
{
	(void)state;
	for (unsigned int s = STATE_UNKNOWN + 1; s < STATE_COUNT; s++) {
		const char *at = explain_page(s);
		int count = 0;

		for (; (at = strstr(at, "\n" COMMAND)); count++) {
			at += strlen("\n    ");
			check_command(at, (int)strcspn(at, "\n"));
		}
		assert_true(count > 0);
	}
}

static char *explained(uint32_t states)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	explain(out, states);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_one(void **state)
{
	char *text = explained(STATE_BIT(STATE_SYN_RECV) | STATE_BIT(STATE_NEW_SYN_RECV));

	(void)state;
	assert_string_equal(text, explain_page(STATE_SYN_RECV));
	free(text);
}

static void test_list(void **state)
{
	char *all = explained(0);
	char *some = explained(STATE_BIT(STATE_TIME_WAIT) | STATE_BIT(STATE_NEW_SYN_RECV) |
	                       STATE_BIT(STATE_SYN_RECV));
	const char *at = all;
	int lines = 0;

	(void)state;
	for (; *at; at += strcspn(at, "\n") + 1, lines++)
		check_line(at, (int)strcspn(at, "\n"));
	assert_int_equal(lines, STATE_COUNT - 2 + 2);
	assert_string_equal(some, "SYN_RECV      a client has asked, its last ACK is missing\n"
	                          "TIME_WAIT     over, kept so that late packets do no harm\n"
	                          "\n"
	                          "tcptrail explain STATE explains one of them.\n");
	free(all);
	free(some);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),    cmocka_unit_test(test_parts),
		cmocka_unit_test(test_commands), cmocka_unit_test(test_one),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
