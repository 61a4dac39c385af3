/* SPDX-License-Identifier: BSD-2-Clause */
/* The last line of why, and the JSON object of forgotten groups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/clock.h"
#include "view/findings.h"

static void expect_text(const struct finding *findings, size_t count,
                        const struct findings_scope *scope, const char *text)
{
	struct table *table = table_new(1);
	struct view view = {.format = &view_text, .context = {.table = table}};
	char *printed = NULL;
	size_t size;

	view.out = open_memstream(&printed, &size);
	assert_int_equal(findings_text(&view, findings, count, false, scope, false), 0);
	fclose(view.out);
	assert_string_equal(printed, text);
	free(printed);
	table_free(table);
}

static void expect_json(const struct findings_scope *scope, const char *json)
{
	struct table *table = table_new(1);
	struct view view = {.format = &view_json, .context = {.table = table}};
	char *printed = NULL;
	size_t size;

	view.out = open_memstream(&printed, &size);
	assert_int_equal(findings_json(&view, NULL, 0, scope), 0);
	fclose(view.out);
	assert_string_equal(printed, json);
	free(printed);
	table_free(table);
}

static void expect(const struct findings_scope *scope, const char *text, const char *json)
{
	expect_text(NULL, 0, scope, text);
	expect_json(scope, json);
}

static void forgotten_groups_are_reported(void **state)
{
	struct findings_scope scope = {.window = 10 * NS_PER_SEC};

	(void)state;
	expect(&scope, "No pile grew in 10.0s.\n", "");
	scope.forgotten = (struct groups_forgotten){.groups = 2, .failed = 7};
	expect(&scope,
	       "No pile grew in 10.0s; 7 failed connects in 2 older groups were forgotten.\n",
	       "{\"v\":2,\"type\":\"forgotten\",\"time\":null,\"time_ns\":null,\"groups\":2,"
	       "\"failed\":7}\n");
	scope.forgotten = (struct groups_forgotten){.groups = 1, .failed = 1};
	expect(&scope, "No pile grew in 10.0s; 1 failed connect in 1 older group was forgotten.\n",
	       "{\"v\":2,\"type\":\"forgotten\",\"time\":null,\"time_ns\":null,\"groups\":1,"
	       "\"failed\":1}\n");
}

static void summary_counts_steady_sockets(void **state)
{
	const struct findings_scope scope = {.window = 10 * NS_PER_SEC};
	struct finding findings[] = {
		{.level = FINDING_STEADY, .group = {.count = 1}},
		{.level = FINDING_OK, .group = {.count = 4}},
		{.level = FINDING_STEADY, .group = {.count = 2}},
		{.level = FINDING_STEADY, .group = {.count = 3}, .waits = true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(findings) / sizeof(findings[0]); i++) {
		findings[i].group.key.state = i == 2 ? STATE_ESTABLISHED : STATE_CLOSE_WAIT;
		findings[i].group.key.port = (uint16_t)(i + 1);
	}
	expect_text(findings, 1, &scope, "No pile grew in 10.0s; 1 CLOSE_WAIT stays (see -v).\n");
	expect_text(findings + 1, 1, &scope, "No pile grew in 10.0s; 1 group is OK (see -v).\n");
	expect_text(findings, 4, &scope,
	            "No pile grew in 10.0s; 2 ESTABLISHED and 1 CLOSE_WAIT stay; 1 group is OK "
	            "(see -v).\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(summary_counts_steady_sockets),
		cmocka_unit_test(forgotten_groups_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
