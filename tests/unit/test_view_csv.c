/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/socket.h>

#include "viewing.h"

#define WALL 1795311243123456789LL /* 2026-11-22 01:34:03 UTC */

static struct view csv_view(bool header)
{
	return (struct view){.format = &view_csv, .header = header, .context = {.utc = true}};
}

static void every_type(void **state)
{
	static const uint8_t v4[16] = {127, 0, 0, 1};
	struct view view = csv_view(true);
	struct sample sample = {
		.string = "plain",
		.number = 7,
		.sign = -5,
		.duration = 53,
		.exact = true,
		.time = WALL,
		.endpoint = {v4, 80, AF_INET, NULL},
		.list_text = "one two",
	};

	(void)state;
	expect_sample(&view, &sample, "string,number,sign,age,time,local,yes,list",
	              "string,number,sign,age_ns,age_exact,time,time_ns,local,yes,list\r\n"
	              "plain,7,-5,53,true,2026-11-22T01:34:03.123456Z,1795311243123456789,127.0.0."
	              "1:80,false,"
	              "one two\r\n");
}

static void unknown_is_empty_in_as_many_cells(void **state)
{
	struct view view = csv_view(false);
	struct sample sample = {.unknown = true};

	(void)state;
	expect_sample(&view, &sample, "string,age,number,list", ",,,,\r\n");
}

static void quotes_where_it_must(void **state)
{
	struct view view = csv_view(false);
	struct sample sample = {.number = 1};

	(void)state;
	sample.string = "a,b";
	expect_sample(&view, &sample, "string,number", "\"a,b\",1\r\n");
	sample.string = "say \"hi\"";
	expect_sample(&view, &sample, "string,number", "\"say \"\"hi\"\"\",1\r\n");
	sample.string = "a\r\nb\033";
	expect_sample(&view, &sample, "string,number", "a\\x0d\\x0ab\\x1b,1\r\n");
	sample.list_text = "x, y";
	expect_sample(&view, &sample, "list", "\"x, y\"\r\n");
	sample.list_text = NULL;
	expect_sample(&view, &sample, "list", "2\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),
		cmocka_unit_test(unknown_is_empty_in_as_many_cells),
		cmocka_unit_test(quotes_where_it_must),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
