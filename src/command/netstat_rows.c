/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>

#include "command/netstat_page_private.h"
#include "list/registry.h"

struct order {
	const struct netstat_page *page;
	const char *key;
	int sign;
};

static void key_of(const struct order *order, const struct page_row *row, struct value *value)
{
	const struct field *field = list_field(row->list->listing, order->key);

	value->type = VALUE_NONE;
	if (field)
		field_get(field, &order->page->context, row->record, value);
}

/* Rows that are equal keep the kernel's order. */
static int compare(const void *a, const void *b, void *arg)
{
	const struct page_row *left = a, *right = b;
	const struct order *order = arg;
	struct value x, y;
	int by;

	key_of(order, left, &x);
	key_of(order, right, &y);
	by = value_order(&x, &y) * order->sign;
	if (by)
		return by;
	if (left->place != right->place)
		return left->place < right->place ? -1 : 1;
	return (left->record > right->record) - (left->record < right->record);
}

static void sort(const struct netstat_page *page, struct page_rows *rows)
{
	struct order order = {.page = page, .sign = 1};
	const struct field *found[FIELDS_TYPED_MOST];
	const char *key = page->options->sort;

	if (!key)
		return;
	if (*key == '-') {
		order.sign = -1;
		key++;
	}
	if (!fields_find_typed(page->netstat->columns, page->netstat->column_count, key, found))
		return;
	order.key = found[0]->word->key;
	qsort_r(rows->rows, rows->count, sizeof(*rows->rows), compare, &order);
}

int page_collect(const struct netstat_page *page, const struct list *lists, size_t count,
                 struct page_rows *rows)
{
	struct list_filter filter = page->netstat->filter;
	size_t most = 0;
	bool all;

	filter.query = &page->options->query; /* the options have moved since they were read */
	all = list_filter_is_empty(&filter);
	for (size_t i = 0; i < count; i++)
		most += lists[i].count;
	*rows = (struct page_rows){.rows = calloc(most ? most : 1, sizeof(*rows->rows))};
	if (!rows->rows)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		for (size_t at = 0; at < lists[i].count; at++) {
			const void *record = list_at(&lists[i], at);

			if (all ||
			    list_filter_match(&filter, lists[i].listing, &page->context, record))
				rows->rows[rows->count++] = (struct page_row){&lists[i], i, record};
		}
	}
	sort(page, rows);
	if (page->options->limit && rows->count > page->options->limit)
		rows->count = page->options->limit;
	return 0;
}
