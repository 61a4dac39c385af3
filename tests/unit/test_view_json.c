/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <sys/socket.h>

#include "viewing.h"

#define WALL 1795311243123456789LL /* 2026-11-22 01:34:03 UTC */

static const uint8_t v4[16] = {127, 0, 0, 1};
static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};

static struct view json_view(void)
{
	return (struct view){.format = &view_json, .kind = "socket", .context = {.utc = true}};
}

static void every_type(void **state)
{
	struct view view = json_view();
	struct sample sample = {
		.string = "a\"b",
		.number = UINT64_MAX,
		.sign = -5,
		.duration = 53,
		.exact = true,
		.time = WALL,
		.endpoint = {v4, 80, AF_INET, NULL},
		.yes = true,
		.list = "[1,2]",
		.list_text = "1 2",
	};

	(void)state;
	expect_sample(&view, &sample, "string,number,sign,age,time,local,yes,list",
	              "{\"v\":2,\"type\":\"socket\",\"string\":\"a\\\"b\","
	              "\"number\":18446744073709551615,\"sign\":-5,"
	              "\"age_ns\":53,\"age_exact\":true,"
	              "\"time\":\"2026-11-22T01:34:03.123456Z\",\"time_ns\":1795311243123456789,"
	              "\"local\":\"127.0.0.1:80\","
	              "\"yes\":true,\"list\":[1,2]}\n");
}

static void unknown_is_null_under_the_same_keys(void **state)
{
	struct view view = json_view();
	struct sample sample = {.unknown = true};

	(void)state;
	expect_sample(
		&view, &sample, "string,number,sign,age,time,local,yes,list",
		"{\"v\":2,\"type\":\"socket\",\"string\":null,\"number\":null,\"sign\":null,"
		"\"age_ns\":null,\"age_exact\":null,\"time\":null,\"time_ns\":null,\"local\":null,"
		"\"yes\":null,\"list\":null}\n");
}

static void endpoints(void **state)
{
	/* the kernel takes quotes in a name: dev_valid_name(), net/core/dev.c */
	static const uint8_t link_local[16] = {0xfe, 0x80, [15] = 1};
	static const uint8_t zero[16];
	static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 9};
	struct view view = json_view();
	struct sample sample = {.endpoint = {v6, 443, AF_INET6, NULL}};

	(void)state;
	expect_sample(&view, &sample, "local",
	              "{\"v\":2,\"type\":\"socket\",\"local\":\"[2001:db8::1]:443\"}\n");
	sample.endpoint = (struct endpoint){zero, 0, AF_INET6, NULL, 0};
	expect_sample(&view, &sample, "local",
	              "{\"v\":2,\"type\":\"socket\",\"local\":\"[::]:*\"}\n");
	sample.endpoint = (struct endpoint){zero, 0, AF_INET, NULL, 0};
	expect_sample(&view, &sample, "local",
	              "{\"v\":2,\"type\":\"socket\",\"local\":\"0.0.0.0:*\"}\n");
	sample.endpoint = (struct endpoint){mapped, 7, AF_INET6, NULL, 0};
	expect_sample(&view, &sample, "local",
	              "{\"v\":2,\"type\":\"socket\",\"local\":\"10.0.0.9:7\"}\n");
	sample.endpoint = (struct endpoint){link_local, 7, AF_INET6, "a\"b", 0};
	expect_sample(&view, &sample, "local",
	              "{\"v\":2,\"type\":\"socket\",\"local\":\"[fe80::1%a\\\"b]:7\"}\n");
}

static void lower_bounds_say_so(void **state)
{
	struct view view = json_view();
	struct sample sample = {.duration = 7000000000, .yes = false};

	(void)state;
	view.kind = "event";
	expect_sample(&view, &sample, "age,yes",
	              "{\"v\":2,\"type\":\"event\",\"age_ns\":7000000000,\"age_exact\":false,"
	              "\"yes\":false}\n");
}

static void bytes_that_are_no_text_stay_valid_json(void **state)
{
	struct view view = json_view();
	struct sample sample = {.string = "x\xff\033\n"};

	(void)state;
	expect_sample(&view, &sample, "string",
	              "{\"v\":2,\"type\":\"socket\",\"string\":\"x\xef\xbf\xbd\\u001b\\u000a\"}\n");
}

static void stream_errors_come_back(void **state)
{
	struct view view = json_view();
	struct sample sample = {.number = 1};
	const struct field *fields[1];

	(void)state;
	view.fields = fields;
	view.field_count = viewing_fields(sample_fields, 8, "number", fields);
	view.flush = true;
	view.out = fopen("/dev/full", "w");
	assert_non_null(view.out);
	assert_int_equal(view.format->object(&view, &sample), -ENOSPC);
	fclose(view.out);
}

static void flushes_each_object_when_asked(void **state)
{
	struct view view = json_view();
	struct sample sample = {.number = 1};
	const struct field *fields[1];
	char *text = NULL;
	size_t size = 0;

	(void)state;
	view.fields = fields;
	view.field_count = viewing_fields(sample_fields, 8, "number", fields);
	view.out = open_memstream(&text, &size);
	assert_int_equal(view.format->object(&view, &sample), 0);
	assert_int_equal(size, 0);
	view.flush = true;
	assert_int_equal(view.format->object(&view, &sample), 0);
	assert_int_equal(size, 2 * strlen("{\"v\":2,\"type\":\"socket\",\"number\":1}\n"));
	fclose(view.out);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),
		cmocka_unit_test(unknown_is_null_under_the_same_keys),
		cmocka_unit_test(endpoints),
		cmocka_unit_test(lower_bounds_say_so),
		cmocka_unit_test(bytes_that_are_no_text_stay_valid_json),
		cmocka_unit_test(stream_errors_come_back),
		cmocka_unit_test(flushes_each_object_when_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
