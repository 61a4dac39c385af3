/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/netstat_page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "field/columns.h"
#include "list/registry.h"
#include "view/line.h"
#include "view/listing.h"
#include "view/view.h"

/* --- rows ------------------------------------------------------------------------------------- */

struct page_row {
	const struct list *list;
	size_t place; /* of the list among those of the section */
	const void *record;
};

struct rows {
	struct page_row *rows;
	size_t count;
};

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

static void sort(const struct netstat_page *page, struct rows *rows)
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

/* 0 or -ENOMEM. */
static int collect(const struct netstat_page *page, const struct list *lists, size_t count,
                   struct rows *rows)
{
	struct list_filter filter = page->netstat->filter;
	size_t most = 0;
	bool all;

	filter.query = &page->options->query; /* the options have moved since they were read */
	all = list_filter_is_empty(&filter);
	for (size_t i = 0; i < count; i++)
		most += lists[i].count;
	*rows = (struct rows){.rows = calloc(most ? most : 1, sizeof(*rows->rows))};
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

/* --- netstat's layout ------------------------------------------------------------------------- */

/* Adds all rows. Returns the columns of the longest line. */
static size_t add_rows(const struct netstat_page *page, struct listing_page *pages,
                       const struct rows *rows, bool wide, struct buffer *out)
{
	size_t longest = 0;

	for (size_t i = 0; i < rows->count; i++) {
		struct listing_page *at = &pages[rows->rows[i].place];
		size_t columns;

		at->context.wide = wide;
		at->color = page->options->color == COLOR_ALWAYS;
		columns = listing_page_add(at, rows->rows[i].record, out);
		longest = columns > longest ? columns : longest;
	}
	return longest;
}

/* A terminal that is wide enough for whole values gets them. */
static void add_body(const struct netstat_page *page, struct listing_page *pages,
                     const struct rows *rows, struct buffer *out)
{
	bool wide = page->request->wide;
	size_t before = out->size;

	if (!wide && page->columns) {
		if (add_rows(page, pages, rows, true, out) <= page->columns)
			return;
		out->size = before;
	}
	add_rows(page, pages, rows, wide, out);
}

/* The lists have one title and one row of headings. */
static int print_layout(struct netstat_page *page, const struct list *lists, size_t count)
{
	struct listing_page *pages = calloc(count, sizeof(*pages));
	struct view view = {.out = page->out};
	struct buffer out = {0};
	struct rows rows = {0};
	int err = pages ? collect(page, lists, count, &rows) : -ENOMEM;

	for (size_t i = 0; i < count && !err; i++)
		listing_page_open(&pages[i], lists[i].listing, page->request, &page->context);
	if (!err) {
		if (!page->options->no_header && (rows.count || !pages[0].layout.unless_empty)) {
			buffer_text(&out, pages[0].layout.title ? pages[0].layout.title : "");
			buffer_text(&out, pages[0].layout.headings ? pages[0].layout.headings : "");
		}
		add_body(page, pages, &rows, &out);
		err = line_write(&view, &out);
	}
	for (size_t i = 0; i < count && pages; i++)
		listing_page_close(&pages[i]);
	free(rows.rows);
	free(pages);
	return err;
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

/* netstat prints one title above all sockets of the Internet. */
static bool is_together(const struct netstat_page *page, const struct list *a, const struct list *b)
{
	struct list_layout left = {0}, right = {0};

	a->listing->layout(page->request, &left);
	b->listing->layout(page->request, &right);
	return left.title && *left.title && same_text(left.title, right.title) &&
	       same_text(left.headings, right.headings);
}

static int print_sections(struct netstat_page *page, const struct list *lists, size_t count)
{
	size_t size;
	int err = 0;

	for (size_t at = 0; at < count && !err; at += size) {
		for (size = 1;
		     at + size < count && is_together(page, &lists[at], &lists[at + size]);)
			size++;
		err = print_layout(page, &lists[at], size);
	}
	return err;
}

/* --- columns of one table, JSON --------------------------------------------------------------- */

/* Keys of the cells of all lists, each once: what "+KEY" adds to. */
static void default_keys(const struct netstat_page *page, const struct list *lists, size_t count,
                         const char *keys[COLUMNS_MAX])
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		struct list_layout layout = {0};

		lists[i].listing->layout(page->request, &layout);
		for (size_t cell = 0; cell < layout.count; cell++) {
			size_t at = 0;

			while (at < used && strcmp(keys[at], layout.cells[cell].key) != 0)
				at++;
			if (at == used && used + 2 < COLUMNS_MAX &&
			    list_field(lists[i].listing, layout.cells[cell].key))
				keys[used++] = layout.cells[cell].key;
		}
	}
	keys[used] = NULL;
}

static bool has_column(const struct field *const *chosen, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(chosen[i]->word->key, key))
			return true;
	return false;
}

/* Rows of several namespaces say which one they are of. */
static int add_netns_name(const struct netstat_page *page, const struct field ***chosen,
                          size_t *count)
{
	const struct netstat *netstat = page->netstat;
	const struct field **grown;

	if (!page->many_netns || has_column(*chosen, *count, "netns") ||
	    has_column(*chosen, *count, "netns_name"))
		return 0;
	grown = reallocarray(*chosen, *count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	grown[*count] = field_find(netstat->columns, netstat->column_count, "netns_name");
	*count += grown[*count] != NULL;
	*chosen = grown;
	return 0;
}

static int choose_columns(const struct netstat_page *page, const struct list *lists, size_t count,
                          const struct field ***chosen, size_t *chosen_count)
{
	const struct netstat *netstat = page->netstat;
	bool text = page->options->format == OUTPUT_TEXT;
	const char *defaults[COLUMNS_MAX];
	struct diag diag;
	int err;

	default_keys(page, lists, count, defaults);
	/* The keys were checked before. */
	err = columns_select(netstat->columns, netstat->column_count, text ? defaults : NULL,
	                     page->options->columns, chosen, chosen_count, &diag);
	return err ? err : add_netns_name(page, chosen, chosen_count);
}

/* The columns of one listing of a table. What it does not have is not known. */
struct own_columns {
	struct field *absent;
	const struct field **fields;
};

static void free_own(struct own_columns *own, size_t count)
{
	for (size_t i = 0; own && i < count; i++) {
		free(own[i].absent);
		free(own[i].fields);
	}
	free(own);
}

static int fill_own(struct own_columns *own, const struct listing *listing,
                    const struct field *const *chosen, size_t count)
{
	own->absent = calloc(count + 1, sizeof(*own->absent));
	own->fields = calloc(count + 1, sizeof(*own->fields));
	if (!own->absent || !own->fields)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		own->fields[i] = list_field(listing, chosen[i]->word->key);
		own->absent[i] = list_field_absent(chosen[i]->word);
		if (!own->fields[i])
			own->fields[i] = &own->absent[i];
	}
	return 0;
}

static struct view view_of(const struct netstat_page *page)
{
	return (struct view){
		.format = view_formats[page->options->format],
		.out = page->out,
		.header = !page->options->no_header && page->headings,
		.color = page->options->color == COLOR_ALWAYS,
		.context = page->context,
	};
}

static int write_rows(struct view *view, const struct rows *rows, struct own_columns *own)
{
	int err = 0;

	for (size_t i = 0; i < rows->count && !err; i++) {
		view->fields = own[rows->rows[i].place].fields;
		view->kind = rows->rows[i].list->listing->name;
		err = view->format->object(view, rows->rows[i].record);
	}
	return err;
}

/* All lists as one table. */
static int print_table(struct netstat_page *page, const struct list *lists, size_t count)
{
	struct own_columns *own = calloc(count, sizeof(*own));
	const struct field **chosen = NULL;
	struct view view = view_of(page);
	struct rows rows = {0};
	int err = own ? choose_columns(page, lists, count, &chosen, &view.field_count) : -ENOMEM;

	if (!err)
		err = collect(page, lists, count, &rows);
	for (size_t i = 0; i < count && !err; i++)
		err = fill_own(&own[i], lists[i].listing, chosen, view.field_count);
	view.fields = chosen;
	if (!err && view.format->begin)
		err = view.format->begin(&view);
	if (!err)
		err = write_rows(&view, &rows, own);
	free_own(own, count);
	free(chosen);
	free(rows.rows);
	return err;
}

/* JSON: one object, with fields of the list. */
static int print_whole(struct netstat_page *page, const struct list *list)
{
	struct listing whole = *list->listing;
	struct list_registry registry = {0};
	struct view view = view_of(page);
	const struct field **chosen = NULL;
	int err;

	whole.fields = whole.whole;
	whole.field_count = whole.whole_count;
	err = list_registry_add(&registry, &whole);
	if (!err)
		err = columns_select(registry.fields, registry.count, NULL, NULL, &chosen,
		                     &view.field_count, NULL);
	view.fields = chosen;
	view.kind = whole.name;
	if (!err)
		err = view.format->object(&view, list);
	free(chosen);
	list_registry_free(&registry);
	return err;
}

/* JSON: each object has the fields of its listing, or those of --columns. */
static int print_objects(struct netstat_page *page, const struct list *list)
{
	struct list_registry registry = {0};
	struct own_columns own = {0};
	struct view view = view_of(page);
	const struct field **chosen = NULL;
	struct rows rows = {0};
	int err = list_registry_add(&registry, list->listing);

	if (!err && page->options->columns && page->options->columns[0] != '+')
		err = choose_columns(page, list, 1, &chosen, &view.field_count);
	else if (!err)
		err = columns_select(registry.fields, registry.count, NULL, NULL, &chosen,
		                     &view.field_count, NULL);
	if (!err)
		err = fill_own(&own, list->listing, chosen, view.field_count);
	if (!err)
		err = collect(page, list, 1, &rows);
	if (!err)
		err = write_rows(&view, &rows, &own);
	free(own.absent);
	free(own.fields);
	free(chosen);
	free(rows.rows);
	list_registry_free(&registry);
	return err;
}

/* --- all -------------------------------------------------------------------------------------- */

int netstat_page_print(struct netstat_page *page, const struct list *lists, size_t count)
{
	int err = 0;

	if (!count)
		return 0;
	if (page->options->format == OUTPUT_TEXT && !page->options->columns)
		return print_sections(page, lists, count);
	if (page->options->format != OUTPUT_JSON)
		return print_table(page, lists, count);
	for (size_t i = 0; i < count && !err; i++)
		err = lists[i].listing->whole && !page->options->columns
		              ? print_whole(page, &lists[i])
		              : print_objects(page, &lists[i]);
	return err;
}
