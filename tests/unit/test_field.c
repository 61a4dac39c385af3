/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>

#include "count/census.h"
#include "field/endpoint.h"
#include "viewing.h"

static void check_registry(const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct word *word = fields[i].word;

		assert_ptr_equal(field_find(fields, count, word->key),
		                 &fields[i]); /* none before */
		assert_true(word->heading[0] && fields[i].get);
		/* they head each JSON object */
		assert_ptr_not_equal(word, KEY(v));
		assert_ptr_not_equal(word, KEY(type));
	}
	assert_null(field_find(fields, count, "no_such_field"));
}

/* What two things are called must not be one name, nor the heading of one the key of another. */
static void each_word_has_its_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < WORD_COUNT; i++) {
		const struct word *word = &vocabulary[i];

		assert_int_equal(strspn(word->key, "abcdefghijklmnopqrstuvwxyz_0123456789"),
		                 strlen(word->key));
		assert_true(word->help[0]);
		assert_true((size_t)abs(word->width) >= strlen(word->heading));
		assert_int_not_equal(word->type, VALUE_NONE);
		for (size_t j = 0; j < WORD_COUNT; j++) {
			if (i == j)
				continue;
			assert_string_not_equal(word->key, vocabulary[j].key);
			assert_true(strcasecmp(word->heading, vocabulary[j].key) != 0);
			assert_true(!word->heading[0] ||
			            strcasecmp(word->heading, vocabulary[j].heading) != 0);
		}
	}
}

static void rows_of_the_registry_are_complete(void **state)
{
	(void)state;
	check_registry(row_fields, row_fields_count);
	check_registry(change_fields, change_fields_count);
	check_registry(census_fields, census_fields_count);
}

static void netstats_columns_come_first(void **state)
{
	static const char *const keys[] = {"proto", "recv_q", "send_q", "local",   "foreign",
	                                   "state", "user",   "inode",  "program", "timer"};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_string_equal(row_fields[i + 1].word->key, keys[i]); /* behind the time */
}

static int compare(const char *key, const struct sample *a, const struct sample *b)
{
	struct field_context context = {0};
	const struct field *field = field_find(sample_fields, 8, key);
	int order = field_compare(&context, field, a, b);
	int reverse = field_compare(&context, field, b, a);

	assert_int_equal((order > 0) - (order < 0), (reverse < 0) - (reverse > 0));
	return (order > 0) - (order < 0);
}

static void orders_by_type(void **state)
{
	struct sample a = {.string = "Z", .number = 9, .sign = -1, .duration = 9, .time = 5};
	struct sample b = {
		.string = "a", .number = 10, .sign = 0, .duration = 10, .time = 6, .yes = true};

	(void)state;
	assert_int_equal(compare("string", &a, &b), -1);
	assert_int_equal(compare("number", &a, &b), -1);
	assert_int_equal(compare("sign", &a, &b), -1);
	assert_int_equal(compare("age", &a, &b), -1);
	assert_int_equal(compare("time", &a, &b), -1);
	assert_int_equal(compare("yes", &a, &b), -1);
	b.number = 1ULL << 40;
	assert_int_equal(compare("number", &a, &b), -1);
	b = a;
	assert_int_equal(compare("number", &a, &b), 0);
	assert_int_equal(compare("string", &a, &b), 0);
}

static void unknown_goes_last(void **state)
{
	static const char *const keys[] = {"string", "number", "sign", "age", "time", "yes"};
	struct sample known = {.string = "zzz",
	                       .number = UINT64_MAX,
	                       .sign = INT64_MAX,
	                       .duration = UINT64_MAX,
	                       .time = INT64_MAX,
	                       .yes = true};
	struct sample unknown = {.unknown = true};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		assert_int_equal(compare(keys[i], &known, &unknown), -1);
		assert_int_equal(compare(keys[i], &unknown, &unknown), 0);
	}
}

static void endpoints_by_address_then_port(void **state)
{
	static const uint8_t nine[16] = {10, 0, 0, 9}, ten[16] = {10, 0, 0, 10};
	static const uint8_t mapped_nine[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 9};
	struct sample a = {.endpoint = {nine, 80, AF_INET, NULL, 0}};
	struct sample b = {.endpoint = {ten, 22, AF_INET, NULL, 0}};

	(void)state;
	assert_int_equal(compare("local", &a, &b), -1);
	b.endpoint = (struct endpoint){nine, 443, AF_INET, NULL, 0};
	assert_int_equal(compare("local", &a, &b), -1);
	b.endpoint = (struct endpoint){mapped_nine, 80, AF_INET6, NULL, 0};
	assert_int_equal(compare("local", &a, &b), 0);
}

static void endpoints_as_text(void **state)
{
	static const uint8_t zero[16], v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
	static const uint8_t link_local[16] = {0xfe, 0x80, 0x12, 0x34, 0x12, 0x34, 0x12, 0x34,
	                                       0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0x12, 0x34};
	struct endpoint endpoint = {v6, 443, AF_INET6, NULL, 0};
	char text[ENDPOINT_SIZE];

	(void)state;
	endpoint_text(&endpoint, text);
	assert_string_equal(text, "[2001:db8::1]:443");
	endpoint_address(&endpoint, text);
	assert_string_equal(text, "2001:db8::1");
	assert_false(endpoint_unspecified(&endpoint));
	endpoint = (struct endpoint){link_local, 65535, AF_INET6, "interface-of-15", 0};
	endpoint_text(&endpoint, text);
	assert_string_equal(text,
	                    "[fe80:1234:1234:1234:1234:1234:1234:1234%interface-of-15]:65535");
	endpoint_host(&endpoint, text);
	assert_string_equal(text, "fe80:1234:1234:1234:1234:1234:1234:1234");
	endpoint = (struct endpoint){zero, 0, AF_INET, NULL, 0};
	endpoint_text(&endpoint, text);
	assert_string_equal(text, "0.0.0.0:*");
	assert_true(endpoint_unspecified(&endpoint));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_the_registry_are_complete),
		cmocka_unit_test(each_word_has_its_names),
		cmocka_unit_test(netstats_columns_come_first),
		cmocka_unit_test(orders_by_type),
		cmocka_unit_test(unknown_goes_last),
		cmocka_unit_test(endpoints_by_address_then_port),
		cmocka_unit_test(endpoints_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
