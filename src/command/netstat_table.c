/* SPDX-License-Identifier: BSD-2-Clause */
/* Sections as one table of text or CSV, or as objects of JSON. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command/netstat_page_private.h"
#include "field/columns.h"
#include "list/registry.h"
#include "view/view.h"

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

static int write_rows(struct view *view, const struct page_rows *rows, struct own_columns *own)
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
int page_print_table(struct netstat_page *page, const struct list *lists, size_t count)
{
	struct own_columns *own = calloc(count, sizeof(*own));
	const struct field **chosen = NULL;
	struct view view = view_of(page);
	struct page_rows rows = {0};
	int err = own ? choose_columns(page, lists, count, &chosen, &view.field_count) : -ENOMEM;

	if (!err)
		err = page_collect(page, lists, count, &rows);
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
static int print_each(struct netstat_page *page, const struct list *list)
{
	struct list_registry registry = {0};
	struct own_columns own = {0};
	struct view view = view_of(page);
	const struct field **chosen = NULL;
	struct page_rows rows = {0};
	int err = list_registry_add(&registry, list->listing);

	if (!err && page->options->columns && page->options->columns[0] != '+')
		err = choose_columns(page, list, 1, &chosen, &view.field_count);
	else if (!err)
		err = columns_select(registry.fields, registry.count, NULL, NULL, &chosen,
		                     &view.field_count, NULL);
	if (!err)
		err = fill_own(&own, list->listing, chosen, view.field_count);
	if (!err)
		err = page_collect(page, list, 1, &rows);
	if (!err)
		err = write_rows(&view, &rows, &own);
	free(own.absent);
	free(own.fields);
	free(chosen);
	free(rows.rows);
	list_registry_free(&registry);
	return err;
}

int page_print_objects(struct netstat_page *page, const struct list *list)
{
	bool whole = list->listing->whole && !page->options->columns;

	return whole ? print_whole(page, list) : print_each(page, list);
}
