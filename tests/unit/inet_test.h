/* SPDX-License-Identifier: BSD-2-Clause */
/* A list of Internet sockets and a reader of it, for the tests of its parsers. */
#ifndef TCPTRAIL_TESTS_INET_TEST_H
#define TCPTRAIL_TESTS_INET_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "list/inet.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

extern const struct listing listing_inet;

struct inet_test {
	struct list_request request;
	struct list list;
	struct inet_reader reader;
};

static inline void inet_test_begin(struct inet_test *test, enum list_protocol protocol, int family)
{
	memset(test, 0, sizeof(*test));
	test->request.all = true;
	test->list.listing = &listing_inet;
	test->reader = (struct inet_reader){.request = &test->request,
	                                    .list = &test->list,
	                                    .protocol = protocol,
	                                    .family = (uint16_t)family};
}

static inline struct list_inet *inet_test_last(const struct inet_test *test)
{
	assert_true(test->list.count > 0);
	return list_at(&test->list, test->list.count - 1);
}

/* The value of a field as text: strings, numbers and endpoints. "-": not known. */
static inline void inet_test_field(const struct list_inet *inet, const char *key, char text[200])
{
	const struct field_context context = {
		.numeric_hosts = true, .numeric_ports = true, .numeric_users = true, .wide = true};
	const struct field *field = field_find(inet_fields, inet_field_count, key);
	struct value value;

	assert_non_null(field);
	field_get(field, &context, inet, &value);
	if (value.type == VALUE_ENDPOINT)
		endpoint_text(&value.endpoint, text);
	else if (value.type == VALUE_NUMBER)
		snprintf(text, 200, "%llu", (unsigned long long)value.number);
	else if (value.type == VALUE_NONE)
		strcpy(text, "-");
	else
		snprintf(text, 200, "%s", value.string);
}

static inline void assert_inet_field(const struct list_inet *inet, const char *key,
                                     const char *want)
{
	char text[200];

	inet_test_field(inet, key, text);
	if (strcmp(text, want) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", key, text, want);
}

#endif
