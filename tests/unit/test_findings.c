/* SPDX-License-Identifier: BSD-2-Clause */
/* What why says besides its findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/clock.h"
#include "view/findings.h"

static void expect(const struct findings_scope *scope, const char *text, const char *json)
{
	struct table *table = table_new(1);
	struct view view = {.format = &view_text, .context = {.table = table}};
	char *printed = NULL;
	size_t size;

	view.out = open_memstream(&printed, &size);
	assert_int_equal(findings_text(&view, NULL, 0, false, scope, false), 0);
	fclose(view.out);
	assert_string_equal(printed, text);
	free(printed);
	view.out = open_memstream(&printed, &size);
	assert_int_equal(findings_json(&view, NULL, 0, scope), 0);
	fclose(view.out);
	assert_string_equal(printed, json);
	free(printed);
	table_free(table);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forgotten_groups_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
