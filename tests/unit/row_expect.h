/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of a socket's fields: what each prints of a row. */
#ifndef TCPTRAIL_TEST_ROW_EXPECT_H
#define TCPTRAIL_TEST_ROW_EXPECT_H

#include <stdio.h>

#include "folding.h"

static inline struct field_context context_of(const struct table *table)
{
	return (struct field_context){
		.table = table,
		.now = table_now(table),
		.numeric_hosts = true,
		.numeric_ports = true,
		.numeric_users = true,
		.utc = true,
	};
}

static inline void expect_with(const struct field_context *context,
                               const struct view_format *format, const struct row *row,
                               const char *key, const char *expected)
{
	char text[FOLD_LINE];

	fold_print(format, context, field_find(row_fields, row_fields_count, key), row, text);
	assert_string_equal(text, expected);
}

static inline void expect(const struct table *table, const struct row *row, const char *key,
                          const char *expected)
{
	struct field_context context = context_of(table);

	expect_with(&context, &view_text, row, key, expected);
}

/* value: what follows the key, as {"v":2,"type":"t",<value>} */
static inline void expect_json(const struct table *table, const struct row *row, const char *key,
                               const char *value)
{
	struct field_context context = context_of(table);
	char object[2048];

	snprintf(object, sizeof(object), "{\"v\":2,\"type\":\"t\",%s}", value);
	expect_with(&context, &view_json, row, key, object);
}

/* A socket that a walk found. */
#define SERVER                                                                                     \
	"1000 clock wall=1795311243123456789\n"                                                    \
	"1000 walk_begin kind=sockets netns=7\n"                                                   \
	"1000 seen sk=a1 cookie=11 state=ESTABLISHED "                                             \
	"flags=done,socket,tuple,queues,timer,ident,bytes "                                        \
	"family=inet local=127.0.0.1:80 remote=127.0.0.1:33492 netns=7 uid=33 inode=9731 "         \
	"rqueue=3 wqueue=12 timer=keepalive timer_ms=7199679 cgroup=77 "                           \
	"bytes_acked=100 bytes_received=200\n"                                                     \
	"1000 walk_end kind=sockets netns=7\n"

#endif
