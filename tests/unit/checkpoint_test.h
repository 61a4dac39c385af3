/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of checkpoints: the facts of one, and folding them. */
#ifndef TCPTRAIL_CHECKPOINT_TEST_H
#define TCPTRAIL_CHECKPOINT_TEST_H

#include "table_test.h"

#include "table/load.h"
#include "table/save.h"

static inline const struct fact *dump_next(const struct buffer *dump, size_t *at)
{
	const struct fact *fact = (const struct fact *)(const void *)(dump->data + *at);

	if (*at >= dump->size)
		return NULL;
	*at += fact->len;
	return fact;
}

/* Folds all facts of the dump; what the first that was refused gave, or 0. */
static inline int dump_apply(struct table *table, const struct buffer *dump)
{
	const struct fact *fact;
	int first = 0;

	for (size_t at = 0; (fact = dump_next(dump, &at));) {
		int err = table_apply(table, fact);

		first = first ? first : err;
	}
	return first;
}

static inline struct buffer dump_of(struct table *table)
{
	struct buffer dump = {0};

	assert_int_equal(table_dump(table, &dump), 0);
	return dump;
}

/* The first fact of the two dumps that differs, as text. */
static inline void fail_at_difference(const struct buffer *a, const struct buffer *b)
{
	const struct fact *of_a, *of_b;
	size_t at_a = 0, at_b = 0;

	do {
		of_a = dump_next(a, &at_a);
		of_b = dump_next(b, &at_b);
	} while (of_a && of_b && of_a->len == of_b->len && !memcmp(of_a, of_b, of_a->len));
	if (of_a)
		fact_text_print(stderr, of_a);
	if (of_b)
		fact_text_print(stderr, of_b);
	fail_msg("the tables differ, first in the above");
}

static inline void assert_dump_equal(const struct buffer *a, const struct buffer *b)
{
	if (a->size != b->size || memcmp(a->data, b->data, a->size))
		fail_at_difference(a, b);
}

static inline void assert_dumps_as(struct table *table, const struct buffer *expected)
{
	struct buffer dump = dump_of(table);

	assert_dump_equal(expected, &dump);
	buffer_free(&dump);
}

#endif
