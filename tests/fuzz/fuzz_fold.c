/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: facts, one behind the other as blocks have them, well formed or not. They are folded,
 * changes and rows are printed, the table is dumped and begun anew from the dump, rules judge.
 */
#include "core/checkpoint.h"
#include "core/columns.h"
#include "fact/text.h"
#include "facts.h"
#include "rules/rule.h"
#include "view/view.h"

#define ROWS_MAX 1000

/* To nowhere, with all columns there are. */
struct printer {
	struct table *table;
	struct groups *groups;
	struct storms *storms;
	struct view rows, changes;
};

static FILE *nowhere(void)
{
	static FILE *out;

	if (!out)
		out = fopen("/dev/null", "w");
	EXPECT(out);
	return out;
}

static struct view view_of(struct table *table, const struct field *fields, size_t count)
{
	struct view view = {.format = &view_json,
	                    .out = nowhere(),
	                    .kind = "thing",
	                    .context = {.table = table}};

	EXPECT(columns_select(fields, count, NULL, NULL, (const struct field ***)&view.fields,
	                      &view.field_count, NULL) == 0);
	return view;
}

static void on_change(const struct change *change, void *arg)
{
	struct printer *printer = arg;

	groups_change(change, printer->groups);
	storms_change(change, printer->storms);
	if (change_has_line(change))
		view_json.object(&printer->changes, change);
}

static void print_rows(struct printer *printer)
{
	struct row_iter iter;
	const struct row *row;

	printer->rows.context.now = table_now(printer->table);
	table_for_each (printer->table, iter, row)
		view_json.object(&printer->rows, row);
}

/* What was dumped is restored, and dumped the same. */
static void dump_and_restore(struct table *table)
{
	struct table *again = table_new(ROWS_MAX);
	struct buffer dump = {0};

	EXPECT(again);
	if (!table_dump(table, &dump) && dump.size) {
		facts_fold(again, (const uint8_t *)dump.data, dump.size);
		EXPECT(table_equal(table, again) == 1);
	}
	buffer_free(&dump);
	table_free(again);
}

static void judge(struct printer *printer)
{
	struct finding *findings;
	size_t count;

	if (!rules_run(printer->table, printer->groups, printer->storms, NULL, NULL, &findings,
	               &count))
		rules_free(findings, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct printer printer = {.table = table_new(ROWS_MAX)};

	EXPECT(printer.table);
	printer.groups = groups_new(printer.table);
	printer.storms = storms_new(printer.table);
	printer.rows = view_of(printer.table, row_fields, row_fields_count);
	printer.changes = view_of(printer.table, change_fields, change_fields_count);
	table_set_listener(printer.table, on_change, &printer);
	facts_fold(printer.table, data, size);
	print_rows(&printer);
	judge(&printer);
	dump_and_restore(printer.table);
	table_restart(printer.table);
	free((void *)printer.rows.fields);
	free((void *)printer.changes.fields);
	groups_free(printer.groups);
	storms_free(printer.storms);
	table_free(printer.table);
	return 0;
}
