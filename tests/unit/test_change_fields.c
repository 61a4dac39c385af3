/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "field/value.h"
#include "folding.h"

/* Prints one field of each change, "; " between them. */
struct printer {
	struct field_context context;
	const struct view_format *format;
	const struct field *field;
	char text[FOLD_LINE];
};

static void print_change(const struct change *change, void *arg)
{
	struct printer *printer = arg;
	size_t used = strlen(printer->text);
	char text[FOLD_LINE];

	if (!change_has_line(change))
		return;
	printer->context.now = table_now(printer->context.table);
	fold_print(printer->format, &printer->context, printer->field, change, text);
	snprintf(printer->text + used, sizeof(printer->text) - used, "%s%.1000s", used ? "; " : "",
	         text);
}

static void expect(const char *facts, const char *key, const char *expected)
{
	struct table *table = table_new(100);
	struct printer printer = {
		.context = {.table = table,
	                    .numeric_hosts = true,
	                    .numeric_ports = true,
	                    .utc = true},
		.format = &view_text,
		.field = field_find(change_fields, change_fields_count, key),
	};

	table_set_listener(table, print_change, &printer);
	fold_lines(table, facts);
	assert_string_equal(printer.text, expected);
	table_free(table);
}

#define TUPLE                                                                                      \
	" flags=socket,tuple,owned family=inet local=10.0.0.1:5000 remote=10.0.0.2:80 netns=7 "    \
	"cookie=31 "

#define CLIENT                                                                                     \
	"500 clock wall=1795311243000000500\n"                                                     \
	"1000 state sk=c1 old=CLOSE new=SYN_SENT state=CLOSE pid=9 comm=\"curl\"" TUPLE "\n"       \
	"2000 retransmit sk=c1 state=SYN_SENT" TUPLE "\n"                                          \
	"3000 retransmit sk=c1 state=SYN_SENT" TUPLE "\n"                                          \
	"4000 state sk=c1 old=SYN_SENT new=ESTABLISHED state=SYN_SENT" TUPLE "\n"                  \
	"9000 rst_sent sk=c1 reason=5 state=ESTABLISHED" TUPLE "\n"                                \
	"9000 rst_received sk=c1 state=ESTABLISHED" TUPLE "\n"

#define LOSSES                                                                                     \
	"1000 loss where=ring-buffer count=12\n"                                                   \
	"2000 loss where=recursion\n"

static void what_happened_in_words(void **state)
{
	(void)state;
	expect(CLIENT, "transition",
	       "CLOSE -> SYN_SENT; retransmit SYN #1; retransmit SYN #2; SYN_SENT -> ESTABLISHED; "
	       "RST sent 5; RST received");
	expect("100 name kind=rst key=5 name=\"TCP_ABORT_ON_CLOSE\"\n" CLIENT, "transition",
	       "CLOSE -> SYN_SENT; retransmit SYN #1; retransmit SYN #2; SYN_SENT -> ESTABLISHED; "
	       "RST sent TCP_ABORT_ON_CLOSE; RST received");
	expect(LOSSES, "transition", "lost 12 facts (ring-buffer); lost facts (recursion)");
}

static void what_happened_for_programs(void **state)
{
	(void)state;
	expect(CLIENT, "event", "state; retransmit; retransmit; state; rst_sent; rst_received");
	expect(LOSSES, "event", "loss; loss");
	expect(CLIENT, "old_state", "CLOSE; -; -; SYN_SENT; -; -");
	expect(CLIENT, "new_state", "SYN_SENT; -; -; ESTABLISHED; -; -");
	expect(CLIENT, "retrans_kind", "-; SYN; SYN; -; -; -");
	expect(CLIENT, "reason", "-; -; -; -; 5; -");
	expect(LOSSES, "lost", "12; -");
	expect(LOSSES, "lost_place", "ring-buffer; recursion");
	expect(CLIENT, "lost", "-; -; -; -; -; -");
	expect(CLIENT, "lost_place", "-; -; -; -; -; -");
	expect(CLIENT, "inferred", "no; no; no; no; no; no");
}

static void when_and_how_long(void **state)
{
	(void)state;
	expect(CLIENT, "time",
	       "2026-11-22 01:34:03.000001Z; 2026-11-22 01:34:03.000002Z; "
	       "2026-11-22 01:34:03.000003Z; 2026-11-22 01:34:03.000004Z; "
	       "2026-11-22 01:34:03.000009Z; 2026-11-22 01:34:03.000009Z");
	expect(CLIENT, "duration", "-; -; -; 3.00us; -; -");
	expect(LOSSES, "time", "-; -"); /* no clock yet */
}

static void whose_it_is(void **state)
{
	(void)state;
	expect(CLIENT, "program", "9/curl; 9/curl; 9/curl; 9/curl; 9/curl; 9/curl");
	expect(CLIENT, "owner_source", "connect; connect; connect; connect; connect; connect");
	expect(CLIENT, "actor_pid", "9; -; -; -; -; -");
	expect(CLIENT, "actor_comm", "curl; -; -; -; -; -");
	expect(CLIENT, "local",
	       "10.0.0.1:5000; 10.0.0.1:5000; 10.0.0.1:5000; 10.0.0.1:5000; "
	       "10.0.0.1:5000; 10.0.0.1:5000");
	expect(CLIENT, "foreign_port", "80; 80; 80; 80; 80; 80");
	expect(CLIENT, "cookie", "31; 31; 31; 31; 31; 31");
	expect(CLIENT, "netns", "7; 7; 7; 7; 7; 7");
	expect(CLIENT, "state",
	       "SYN_SENT; SYN_SENT; SYN_SENT; ESTABLISHED; ESTABLISHED; ESTABLISHED");
}

#define SEEN                                                                                       \
	"1000 walk_begin kind=sockets netns=7\n"                                                   \
	"1000 seen sk=c1 state=ESTABLISHED" TUPLE "\n"                                             \
	"1000 walk_end kind=sockets netns=7\n"

static void older_sockets_have_a_bound(void **state)
{
	(void)state;
	expect(SEEN "8000 state sk=c1 old=ESTABLISHED new=CLOSE_WAIT state=ESTABLISHED" TUPLE "\n",
	       "duration", ">=7.00us");
}

static void what_a_walk_tells_is_inferred(void **state)
{
	static const char gone[] = SEEN "8000 walk_begin kind=sockets netns=7\n"
					"8000 walk_end kind=sockets netns=7\n";

	(void)state;
	expect(gone, "transition", "ESTABLISHED -> CLOSE (inferred)");
	expect(gone, "inferred", "yes");
}

static void a_reset_for_no_socket_has_addresses_only(void **state)
{
	static const char facts[] =
		"1000 rst_sent reason=3 state=CLOSE flags=tuple family=inet local=10.0.0.1:81 "
		"remote=10.0.0.2:999 netns=7\n";

	(void)state;
	expect(facts, "transition", "RST sent 3");
	expect(facts, "local", "10.0.0.1:81");
	expect(facts, "foreign", "10.0.0.2:999");
	expect(facts, "program", "-");
	expect(facts, "cookie", "-");
	expect(facts, "sock", "-");
}

static void a_loss_is_about_no_socket(void **state)
{
	static const char *const keys[] = {"local",  "foreign", "program",  "netns",    "state",
	                                   "cookie", "fd",      "duration", "inferred", "error"};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		expect(LOSSES, keys[i], "-; -");
}

static void hostile_commands_stay_one_line(void **state)
{
	(void)state;
	expect("1000 state sk=c1 old=CLOSE new=SYN_SENT state=CLOSE pid=9 "
	       "comm=\"a\\012\\033[0m\"" TUPLE "\n",
	       "program", "9/a\\x0a\\x1b[0m");
}

#define BYTES_TUPLE                                                                                \
	" flags=socket,tuple,bytes family=inet local=10.0.0.1:5000 remote=10.0.0.2:80 netns=7 "    \
	"cookie=31 "

/* A connect's SYN and both FINs are no bytes of a program. */
static void events_carry_bytes(void **state)
{
	static const char facts[] =
		"1000 state sk=c1 old=CLOSE new=SYN_SENT state=CLOSE pid=9 comm=\"curl\"" TUPLE "\n"
		"2000 state sk=c1 old=SYN_SENT new=ESTABLISHED state=SYN_SENT bytes_acked=1 "
		"bytes_received=0" BYTES_TUPLE "\n"
		"3000 state sk=c1 old=ESTABLISHED new=CLOSE_WAIT state=ESTABLISHED bytes_acked=101 "
		"bytes_received=201" BYTES_TUPLE "\n";

	(void)state;
	expect(facts, "bytes_sent", "-; 0; 100");
	expect(facts, "bytes_received", "-; 0; 200");
}

static void check_types(const struct change *change, void *arg)
{
	struct field_context context = {.table = arg};

	for (size_t i = 0; i < change_fields_count; i++) {
		struct value value;

		field_get(&change_fields[i], &context, change, &value);
		if (value.type != VALUE_NONE)
			assert_int_equal(value.type, change_fields[i].word->type);
	}
}

static void values_are_of_their_fields_type(void **state)
{
	struct table *table = table_new(100);

	(void)state;
	table_set_listener(table, check_types, table);
	fold_lines(table, CLIENT LOSSES);
	table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_happened_in_words),
		cmocka_unit_test(what_happened_for_programs),
		cmocka_unit_test(when_and_how_long),
		cmocka_unit_test(whose_it_is),
		cmocka_unit_test(older_sockets_have_a_bound),
		cmocka_unit_test(what_a_walk_tells_is_inferred),
		cmocka_unit_test(a_reset_for_no_socket_has_addresses_only),
		cmocka_unit_test(a_loss_is_about_no_socket),
		cmocka_unit_test(hostile_commands_stay_one_line),
		cmocka_unit_test(events_carry_bytes),
		cmocka_unit_test(values_are_of_their_fields_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
