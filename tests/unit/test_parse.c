/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/format.h"
#include "base/parse.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define UNTOUCHED    0xdeadbeefULL

static void test_number(void **state)
{
	static const struct {
		const char *text;
		uint64_t min, max;
		int err;
		uint64_t number;
	} cases[] = {
		{"0", 0, 9, 0, 0},
		{"007", 0, 9, 0, 7},
		{"1", 1, 65535, 0, 1},
		{"65535", 1, 65535, 0, 65535},
		{"0", 1, 65535, -ERANGE, UNTOUCHED},
		{"65536", 1, 65535, -ERANGE, UNTOUCHED},
		{"18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX},
		{"18446744073709551616", 0, UINT64_MAX, -ERANGE, UNTOUCHED},
		{"99999999999999999999999", 0, UINT64_MAX, -ERANGE, UNTOUCHED},
		{"99999999999999999999999x", 0, UINT64_MAX, -EINVAL, UNTOUCHED},
		{"", 0, 9, -EINVAL, UNTOUCHED},
		{" 1", 0, 9, -EINVAL, UNTOUCHED},
		{"1 ", 0, 9, -EINVAL, UNTOUCHED},
		{"+1", 0, 9, -EINVAL, UNTOUCHED},
		{"-1", 0, 9, -EINVAL, UNTOUCHED},
		{"0x1", 0, 9, -EINVAL, UNTOUCHED},
		{"1.0", 0, 9, -EINVAL, UNTOUCHED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t number = UNTOUCHED;

		print_message("\"%s\"\n", cases[i].text);
		assert_int_equal(parse_number(cases[i].text, cases[i].min, cases[i].max, &number),
		                 cases[i].err);
		assert_int_equal(number, cases[i].number);
	}
}

static void test_duration(void **state)
{
	static const struct {
		const char *text;
		int err;
		uint64_t ns;
	} cases[] = {
		{"0", 0, 0},
		{"90", 0, 90000000000},
		{"0.5", 0, 500000000},
		{"1.5s", 0, 1500000000},
		{"7ns", 0, 7},
		{"7us", 0, 7000},
		{"500ms", 0, 500000000},
		{"5m", 0, 300000000000},
		{"2h", 0, 7200000000000},
		{"1d", 0, 86400000000000},
		{"2w", 0, 1209600000000000},
		{"0.000000001s", 0, 1},
		{"0.0000000019s", 0, 1},
		{"0.33333333333333333333333333333333m", 0, 19999999999},
		{"2h11m", 0, 7860000000000},
		{"4m07s", 0, 247000000000},
		{"1m500ms", 0, 60500000000},
		{"18446744073709551615ns", 0, UINT64_MAX},
		{"18446744073709551616ns", -ERANGE, UNTOUCHED},
		{"18446744073s1s", -EINVAL, UNTOUCHED},
		{"18446744073s999ms", -ERANGE, UNTOUCHED},
		{"18446744074", -ERANGE, UNTOUCHED},
		{"99999999999999999999d", -ERANGE, UNTOUCHED},
		{"", -EINVAL, UNTOUCHED},
		{"s", -EINVAL, UNTOUCHED},
		{".5s", -EINVAL, UNTOUCHED},
		{"5.s", -EINVAL, UNTOUCHED},
		{"5 s", -EINVAL, UNTOUCHED},
		{"5S", -EINVAL, UNTOUCHED},
		{"5min", -EINVAL, UNTOUCHED},
		{"5y", -EINVAL, UNTOUCHED},
		{"-5s", -EINVAL, UNTOUCHED},
		{"11m2h", -EINVAL, UNTOUCHED},
		{"2h11", -EINVAL, UNTOUCHED},
		{"5,6", -EINVAL, UNTOUCHED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t ns = UNTOUCHED;

		print_message("\"%s\"\n", cases[i].text);
		assert_int_equal(parse_duration(cases[i].text, &ns), cases[i].err);
		assert_int_equal(ns, cases[i].ns);
	}
}

/* What we print as an age is a fine argument of --older. */
static void test_duration_as_printed(void **state)
{
	(void)state;
	for (uint64_t ns = 1; ns < 1ULL << 60; ns = ns * 3 + 1) {
		char text[FORMAT_SIZE];
		uint64_t back = 0;

		format_duration(text, ns);
		print_message("%s\n", text);
		assert_int_equal(parse_duration(text, &back), 0);
		assert_true(back <= ns && back >= ns - ns / 20); /* three figures, cut */
	}
}

static void test_cidr(void **state)
{
#define MAPPED 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
	static const struct {
		const char *text;
		uint8_t addr[16];
		uint8_t bits;
	} cases[] = {
		{"10.0.0.0/8", {MAPPED, 10, 0, 0, 0}, 104},
		{"127.0.0.1", {MAPPED, 127, 0, 0, 1}, 128},
		{"127.0.0.1/32", {MAPPED, 127, 0, 0, 1}, 128},
		{"192.168.6.0/23", {MAPPED, 192, 168, 6, 0}, 119},
		{"0.0.0.0/0", {MAPPED, 0, 0, 0, 0}, 96},
		{"::1", {[15] = 1}, 128},
		{"::/0", {0}, 0},
		{"fe80::/10", {0xfe, 0x80}, 10},
		{"2001:db8::/33", {0x20, 0x01, 0x0d, 0xb8}, 33},
		{"::ffff:10.0.0.0/104", {MAPPED, 10, 0, 0, 0}, 104},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t addr[16], bits = 255;

		print_message("\"%s\"\n", cases[i].text);
		assert_int_equal(parse_cidr(cases[i].text, addr, &bits), 0);
		assert_memory_equal(addr, cases[i].addr, 16);
		assert_int_equal(bits, cases[i].bits);
	}
}

static void test_cidr_refused(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{"10.0.0.1/8", -EINVAL},
		{"10.0.0.0/7", 0}, /* 10 is 00001010: bit 7 is not a host bit of a /7 */
		{"11.0.0.0/7", -EINVAL},
		{"fe80::1/10", -EINVAL},
		{"10.0.0.0/33", -ERANGE},
		{"::/129", -ERANGE},
		{"10.0.0.0/", -EINVAL},
		{"10.0.0.0/8/8", -EINVAL},
		{"10.0.0.0/-1", -EINVAL},
		{"10.0.0.0/ 8", -EINVAL},
		{"/8", -EINVAL},
		{"", -EINVAL},
		{"10.0.0", -EINVAL},
		{"10.0.0.256", -EINVAL},
		{"localhost", -EINVAL},
		{"[::1]", -EINVAL},
		{"fe80::1%eth0", -EINVAL},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t addr[16] = {0x55}, bits = 255;

		print_message("\"%s\"\n", cases[i].text);
		assert_int_equal(parse_cidr(cases[i].text, addr, &bits), cases[i].err);
		if (cases[i].err) {
			assert_int_equal(addr[0], 0x55);
			assert_int_equal(bits, 255);
		}
	}
}

static void test_size(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {
		{"0", 0},
		{"4096", 4096},
		{"1K", 1024},
		{"512M", 512ULL << 20},
		{"1.5G", 3ULL << 29},
		{"0.5K", 512},
		{"20T", 20ULL << 40},
		{"16777215T", 16777215ULL << 40},
		{"18446744073709551615", UINT64_MAX},
	};
	static const struct {
		const char *text;
		int err;
	} bad[] = {
		{"", -EINVAL},     {"G", -EINVAL},         {"1g", -EINVAL},
		{"1GB", -EINVAL},  {"1GiB", -EINVAL},      {"1 G", -EINVAL},
		{" 1G", -EINVAL},  {"-1G", -EINVAL},       {"+1G", -EINVAL},
		{"1.G", -EINVAL},  {".5G", -EINVAL},       {"1.5", -EINVAL},
		{"1G1M", -EINVAL}, {"0x10", -EINVAL},      {"1E", -EINVAL},
		{"1,5G", -EINVAL}, {"16777216T", -ERANGE}, {"18446744073709551616", -ERANGE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		uint64_t bytes = 7;

		assert_int_equal(parse_size(good[i].text, &bytes), 0);
		assert_int_equal(bytes, good[i].bytes);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint64_t bytes = 7;

		assert_int_equal(parse_size(bad[i].text, &bytes), bad[i].err);
		assert_int_equal(bytes, 7);
	}
}

static void test_hex(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		int err;
		uint64_t number;
	} cases[] = {
		{"0", UINT64_MAX, 0, 0},
		{"fF01", UINT64_MAX, 0, 0xff01},
		{"ffffffffffffffff", UINT64_MAX, 0, UINT64_MAX},
		{"10000000000000000", UINT64_MAX, -EINVAL, 7},
		{"100", 0xff, -ERANGE, 7},
		{"", UINT64_MAX, -EINVAL, 7},
		{"0x1", UINT64_MAX, -EINVAL, 7},
		{"-1", UINT64_MAX, -EINVAL, 7},
		{" 1", UINT64_MAX, -EINVAL, 7},
		{"1g", UINT64_MAX, -EINVAL, 7},
	};
	uint64_t number;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		number = 7;
		assert_int_equal(parse_hex(cases[i].text, cases[i].max, &number), cases[i].err);
		assert_true(number == cases[i].number);
	}
	assert_int_equal(parse_hex_digits("7f0e xyz", 8, &number), 4);
	assert_int_equal(number, 0x7f0e);
	assert_int_equal(parse_hex_digits("7f0e", 2, &number), 2);
	assert_int_equal(number, 0x7f);
	assert_int_equal(parse_hex_digits("x", 1, &number), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),       cmocka_unit_test(test_hex),
		cmocka_unit_test(test_duration),     cmocka_unit_test(test_duration_as_printed),
		cmocka_unit_test(test_size),         cmocka_unit_test(test_cidr),
		cmocka_unit_test(test_cidr_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
