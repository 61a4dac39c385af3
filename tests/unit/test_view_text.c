/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/socket.h>

#include "viewing.h"

#define WALL 1795311243123456789LL /* 2026-11-22 01:34:03 UTC */

static const uint8_t zero[16];
static const uint8_t loopback[16] = {127, 0, 0, 1};
static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
static const uint8_t long_v6[16] = {0x20, 0x01, 0x0d, 0xb8, 0x12, 0x34, 0x56, 0x78,
                                    0x9a, 0xbc, 0xde, 0xf0, 0x12, 0x34, 0x56, 0x78};

static struct view text_view(bool numeric)
{
	return (struct view){
		.format = &view_text,
		.context = {.utc = true, .numeric_hosts = numeric, .numeric_ports = numeric},
	};
}

static void columns_align_and_lines_end_without_blanks(void **state)
{
	struct view view = text_view(true);
	struct sample sample = {.string = "abc", .number = 7, .yes = true};

	(void)state;
	view.header = true;
	view.title = "Two sockets";
	expect_sample(&view, &sample, "string,number,yes,string",
	              "Two sockets\n"
	              "String     Num Yes String\n"
	              "abc          7 yes abc\n");
	view.header = false;
	sample.string = "longer than its column";
	expect_sample(&view, &sample, "string,number,yes", "longer than its column     7 yes\n");
}

static void every_type(void **state)
{
	struct view view = text_view(true);
	struct sample sample = {.sign = -5, .duration = 12345678901, .time = WALL, .yes = false};

	(void)state;
	expect_sample(&view, &sample, "sign,age,time,yes",
	              "   -5 >=12.3s 2026-11-22 01:34:03.123456Z no\n");
	sample.exact = true;
	expect_sample(&view, &sample, "age", "  12.3s\n");
	sample.list_text = "a b";
	expect_sample(&view, &sample, "list", "a b\n");
	sample.list_text = NULL;
	expect_sample(&view, &sample, "list", "2\n");
}

static void unknown_is_a_dash(void **state)
{
	struct view view = text_view(true);
	struct sample sample = {.unknown = true};

	(void)state;
	expect_sample(&view, &sample, "string,number,age,local,list",
	              "-            -       - -                       -\n");
}

static void endpoint(struct view *view, const uint8_t *addr, int family, uint16_t port,
                     const char *expected)
{
	struct sample sample = {.endpoint = {addr, port, (uint8_t)family, NULL}};

	expect_sample(view, &sample, "local", expected);
}

/* As net-tools 2.10 printed them (netstat -ant and -antW), but for the mark of a cut. */
static void numeric_endpoints_are_netstats(void **state)
{
	static const uint8_t one[16] = {[15] = 1};
	struct view view = text_view(true);

	(void)state;
	endpoint(&view, loopback, AF_INET, 80, "127.0.0.1:80\n");
	endpoint(&view, zero, AF_INET, 0, "0.0.0.0:*\n");
	endpoint(&view, zero, AF_INET6, 0, ":::*\n");
	endpoint(&view, zero, AF_INET6, 22, ":::22\n");
	endpoint(&view, one, AF_INET6, 7003, "::1:7003\n");
	endpoint(&view, mapped, AF_INET6, 7004, "127.0.0.1:7004\n");
	endpoint(&view, long_v6, AF_INET6, 7005, "2001:db8:1234:567+:7005\n");
	endpoint(&view, long_v6, AF_INET6, 39098, "2001:db8:1234:56+:39098\n");
	view.context.wide = true;
	endpoint(&view, long_v6, AF_INET6, 39098, "2001:db8:1234:5678:9abc:def0:1234:5678:39098\n");
}

/* The interface stays: nothing else tells two links apart. */
static void zones_are_not_cut_off(void **state)
{
	static const uint8_t here[16] = {0xfe, 0x80, [8] = 0x50, 0x54, 0,
	                                 0xff, 0xfe, 0x12,       0x34, 0x56};
	struct view view = text_view(true);
	struct sample sample = {.endpoint = {here, 22, AF_INET6, "eth0"}};

	(void)state;
	expect_sample(&view, &sample, "local", "fe80::5054:ff:+%eth0:22\n");
	sample.endpoint.port = 39098;
	expect_sample(&view, &sample, "local", "fe80::5054:+%eth0:39098\n");
	sample.endpoint.zone = "interface-of-15";
	expect_sample(&view, &sample, "local", "fe8+%interface-o+:39098\n");
	view.context.wide = true;
	expect_sample(&view, &sample, "local", "fe80::5054:ff:fe12:3456%interface-of-15:39098\n");
}

static void learn(struct table *table, struct name_key key, const char *name)
{
	struct {
		struct fact_name fact;
		char room[64];
	} f = {
		.fact = {.h = {.type = FACT_NAME, .len = sizeof(f)},
	                 .kind = key.kind,
	                 .size = (uint32_t)strlen(name),
	                 .key = {key.key[0], key.key[1]}},
	};

	strcpy(f.fact.name, name);
	assert_int_equal(names_apply(table_names(table), &f.fact), 0);
}

static void names_are_wished_for_then_shown(void **state)
{
	struct table *table = table_new(16);
	struct view view = text_view(false);
	struct name_key wish;

	(void)state;
	view.context.table = table;
	endpoint(&view, loopback, AF_INET, 80, "127.0.0.1:80\n");
	assert_true(names_next_query(table_names(table), 1 << NAME_HOST, &wish));
	learn(table, wish, "localhost");
	assert_true(names_next_query(table_names(table), 1 << NAME_PORT, &wish));
	assert_int_equal(wish.key[0], 80);
	learn(table, wish, "http");
	endpoint(&view, loopback, AF_INET, 80, "localhost:http\n");
	endpoint(&view, mapped, AF_INET6, 80, "localhost:http\n");
	view.context.numeric_ports = true;
	endpoint(&view, loopback, AF_INET, 80, "localhost:80\n");
	view.context.numeric_ports = false;
	view.context.numeric_hosts = true;
	endpoint(&view, loopback, AF_INET, 80, "127.0.0.1:http\n");
	table_free(table);
}

static void names_that_do_not_exist_are_numbers(void **state)
{
	struct table *table = table_new(16);
	struct view view = text_view(false);

	(void)state;
	view.context.table = table;
	learn(table, name_key_host(AF_INET, loopback), "");
	learn(table, name_key_number(NAME_PORT, 7001), "");
	endpoint(&view, loopback, AF_INET, 7001, "127.0.0.1:7001\n");
	/* unspecified addresses have no name: netstat -at */
	endpoint(&view, zero, AF_INET, 0, "0.0.0.0:*\n");
	endpoint(&view, zero, AF_INET6, 0, "[::]:*\n");
	assert_false(names_next_query(table_names(table), ~0U, &(struct name_key){0}));
	table_free(table);
}

static void names_are_cut_as_netstat_does(void **state)
{
	struct table *table = table_new(16);
	struct view view = text_view(false);

	(void)state;
	view.context.table = table;
	learn(table, name_key_host(AF_INET, loopback), "a-host-with-a-long-name.example");
	learn(table, name_key_number(NAME_PORT, 1), "a-port-with-a-long-name");
	learn(table, name_key_number(NAME_PORT, 80), "http");
	endpoint(&view, loopback, AF_INET, 80, "a-host-with-a-lon+:http\n");
	endpoint(&view, loopback, AF_INET, 1, "a-h+:a-port-with-a-lon+\n");
	table_free(table);
}

static void hostile_strings_are_disarmed(void **state)
{
	struct view view = text_view(true);
	struct sample sample = {.string = "\033[2J", .number = 7};

	(void)state;
	expect_sample(&view, &sample, "string,number", "\\x1b[2J      7\n");
	sample.string = "\xc3\xbc";
	expect_sample(&view, &sample, "string,number", "\xc3\xbc            7\n");
}

static void colors_do_not_move_columns(void **state)
{
	struct view view = text_view(true);
	struct sample sample = {.string = "BAD", .number = 7, .mark = MARK_BAD};

	(void)state;
	view.color = true;
	expect_sample(&view, &sample, "string,number", "\033[31mBAD\033[0m          7\n");
	sample.mark = MARK_PLAIN;
	expect_sample(&view, &sample, "string,number", "BAD          7\n");
	view.color = false;
	sample.mark = MARK_BAD;
	expect_sample(&view, &sample, "string,number", "BAD          7\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_align_and_lines_end_without_blanks),
		cmocka_unit_test(every_type),
		cmocka_unit_test(unknown_is_a_dash),
		cmocka_unit_test(numeric_endpoints_are_netstats),
		cmocka_unit_test(zones_are_not_cut_off),
		cmocka_unit_test(names_are_wished_for_then_shown),
		cmocka_unit_test(names_that_do_not_exist_are_numbers),
		cmocka_unit_test(names_are_cut_as_netstat_does),
		cmocka_unit_test(hostile_strings_are_disarmed),
		cmocka_unit_test(colors_do_not_move_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
