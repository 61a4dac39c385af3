/* SPDX-License-Identifier: BSD-2-Clause */
/* A tiny listing: its registry, its filters, and netstat's layout of it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "list/filter.h"
#include "list/registry.h"
#include "view/listing.h"

struct station {
	const char *name, *state;
	uint8_t addr[16];
	uint16_t port;
	uint64_t bytes; /* 0: not known */
};

static void get_name(const struct field_context *context, const void *object, struct value *value)
{
	(void)context;
	value_string(value, ((const struct station *)object)->name);
}

static void get_state(const struct field_context *context, const void *object, struct value *value)
{
	(void)context;
	value_string(value, ((const struct station *)object)->state);
}

static void get_local(const struct field_context *context, const void *object, struct value *value)
{
	const struct station *station = object;

	(void)context;
	value_endpoint(value, AF_INET6, station->addr, station->port, NULL);
}

static void get_port(const struct field_context *context, const void *object, struct value *value)
{
	(void)context;
	value_number(value, ((const struct station *)object)->port);
}

static void get_bytes(const struct field_context *context, const void *object, struct value *value)
{
	const struct station *station = object;

	(void)context;
	if (station->bytes)
		value_number(value, station->bytes);
}

static const struct field fields[] = {
	{KEY(program), get_name, NULL}, {KEY(state), get_state, NULL},
	{KEY(local), get_local, NULL},  {KEY(local_port), get_port, NULL},
	{KEY(recv_q), get_bytes, NULL},
};
static const size_t field_count = sizeof(fields) / sizeof(fields[0]);

static const struct list_cell cells[] = {
	{.key = "recv_q", .width = -6, .none = "?"},
	{.key = "local", .width = 23, .before = "  "},
	{.key = "program", .width = 10, .cut = 8},
	{.key = "no_such_key", .width = 3},
};

static void layout(const struct list_request *request, struct list_layout *out)
{
	*out = (struct list_layout){.title = "Stations\n",
	                            .headings = "headings\n",
	                            .cells = cells,
	                            .count = sizeof(cells) / sizeof(cells[0]),
	                            .trailing = request->extend};
}

static bool text(const struct list_request *request, const struct field_context *context,
                 const void *record, struct buffer *out)
{
	(void)context;
	if (!request->verbose)
		return false;
	buffer_print(out, "%s:\n        a line\n\n", ((const struct station *)record)->name);
	return true;
}

static const char *const states[] = {"LISTENING", "CONN SENT", NULL};

static const struct listing stations = {
	.name = "station",
	.mode = LIST_GROUPS,
	.record = sizeof(struct station),
	.fields = fields,
	.field_count = &field_count,
	.states = states,
	.layout = layout,
	.text = text,
};

static const struct station berlin = {
	"berlin", "LISTENING", {0x20, 1, 0xd, 0xb8, 0x22, 0x22, 1, 0x11, [15] = 1}, 54321, 7};

static size_t expect(const struct list_request *request, bool wide, const struct station *station,
                     const char *expected)
{
	const struct field_context context = {
		.numeric_hosts = true, .numeric_ports = true, .wide = wide};
	struct listing_page page;
	struct buffer out = {0};
	size_t columns;

	listing_page_open(&page, &stations, request, &context);
	columns = listing_page_add(&page, station, &out);
	buffer_add(&out, "", 1);
	assert_false(out.failed);
	assert_string_equal(out.data, expected);
	buffer_free(&out);
	listing_page_close(&page);
	return columns;
}

static void rows_have_cells(void **state)
{
	struct list_request request = {.extend = 1};
	struct station station = berlin;

	(void)state;
	expect(&request, false, &station, "     7  2001:db8:2222:11+:54321 berlin        \n");
	request.extend = 0;
	expect(&request, false, &station, "     7  2001:db8:2222:11+:54321 berlin\n");
	station.bytes = 0;
	expect(&request, false, &station, "     ?  2001:db8:2222:11+:54321 berlin\n");
}

static void cuts_have_a_mark(void **state)
{
	const struct list_request request = {.extend = 0};
	struct station station = berlin;

	(void)state;
	station.name = "hamburg1";
	expect(&request, false, &station, "     7  2001:db8:2222:11+:54321 hamburg1\n");
	station.name = "hamburg12";
	expect(&request, false, &station, "     7  2001:db8:2222:11+:54321 hamburg+\n");
	station.name = "m\xc3\xbcnchen-ost";
	expect(&request, false, &station, "     7  2001:db8:2222:11+:54321 m\xc3\xbcnchen+\n");
	station.name = "a\x1b[2J-long-name";
	expect(&request, false, &station, "     7  2001:db8:2222:11+:54321 a\\x1b[2+\n");
	station.name = "a-long-name";
	assert_int_equal(expect(&request, true, &station,
	                        "     7  2001:db8:2222:111::1:54321 a-long-name\n"),
	                 6 + 2 + 26 + 1 + 11 + 1 + 3);
}

static void a_record_may_have_a_form_of_its_own(void **state)
{
	const struct list_request request = {.verbose = true};

	(void)state;
	assert_int_equal(expect(&request, false, &berlin, "berlin:\n        a line\n\n"), 14);
}

static void all_fields_of_several_listings(void **state)
{
	struct list_registry registry = {0};

	(void)state;
	assert_int_equal(list_registry_add(&registry, &stations), 0);
	assert_int_equal(list_registry_add(&registry, &stations), 0);
	assert_int_equal(registry.count, field_count + 3); /* time, netns, netns_name */
	assert_non_null(field_find(registry.fields, registry.count, "netns_name"));
	list_registry_free(&registry);
	assert_non_null(list_field(&stations, "time"));
	assert_null(list_field(&stations, "foreign"));
}

static bool matches(const char *option, const char *words)
{
	const struct field_context context = {.netns = 1};
	struct list_filter filter = {NULL};
	struct query query;
	bool result;

	query_init(&query);
	filter.query = &query;
	assert_true(list_filter_is_empty(&filter));
	if (!strcmp(option, "state"))
		assert_int_equal(list_filter_add_states(&filter, words, NULL), 0);
	else
		assert_int_equal(query_add(&query, option, words, NULL), 0);
	assert_false(list_filter_is_empty(&filter));
	result = list_filter_match(&filter, &stations, &context, &berlin);
	list_filter_free(&filter);
	query_free(&query);
	return result;
}

static void filters_go_by_fields(void **state)
{
	struct list_filter filter = {NULL};
	struct query query;

	(void)state;
	assert_true(matches("state", "listening"));
	assert_true(matches("state", "conn-sent,LISTENING"));
	assert_false(matches("state", "conn_sent"));
	assert_true(matches("port", "80,54321"));
	assert_true(matches("lport", "54321"));
	assert_false(matches("lport", "80"));
	assert_false(matches("rport", "54321")); /* it has no foreign port */
	assert_true(matches("addr", "2001:db8::/32"));
	assert_false(matches("addr", "10.0.0.0/8"));
	assert_false(matches("pid", "1")); /* it is no socket */
	assert_true(list_filter_knows_state(&stations, "conn-sent"));
	assert_false(list_filter_knows_state(&stations, "estab"));

	query_init(&query);
	filter.query = &query;
	assert_null(list_filter_lacks(&filter, &stations));
	assert_int_equal(query_add(&query, "port", "1", NULL), 0);
	assert_null(list_filter_lacks(&filter, &stations));
	assert_int_equal(query_add(&query, "rport", "1", NULL), 0);
	assert_string_equal(list_filter_lacks(&filter, &stations), "rport");
	query_free(&query);
	assert_int_equal(list_filter_add_states(&filter, "a,,b", NULL), -EINVAL);
	list_filter_free(&filter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_have_cells),
		cmocka_unit_test(cuts_have_a_mark),
		cmocka_unit_test(a_record_may_have_a_form_of_its_own),
		cmocka_unit_test(all_fields_of_several_listings),
		cmocka_unit_test(filters_go_by_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
