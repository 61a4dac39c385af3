/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: facts, one behind the other as blocks have them, well formed or not. They are folded;
 * changes, rows and what rules find are printed; the table is dumped and begun anew from the dump.
 */
#include "table/load.h"
#include "table/save.h"
#include "field/columns.h"
#include "fact/text.h"
#include "facts.h"
#include "output.h"
#include "rules/rule.h"
#include "view/findings.h"
#include "view/life.h"
#include "view/view.h"

#define ROWS_MAX 1000
#define FORMATS  3

/* With all columns there are, in each format. */
struct printer {
	struct table *table;
	struct groups *groups;
	struct storms *storms;
	struct printed printed;
	struct view rows[FORMATS], changes[FORMATS];
};

static struct view view_of(const struct printer *printer, const struct view_format *format,
                           const struct field *fields, size_t count)
{
	struct view view = {.format = format,
	                    .out = printer->printed.out,
	                    .kind = "thing",
	                    .context = {.table = printer->table}};

	EXPECT(columns_select(fields, count, NULL, NULL, (const struct field ***)&view.fields,
	                      &view.field_count, NULL) == 0);
	return view;
}

static void on_change(const struct change *change, void *arg)
{
	struct printer *printer = arg;

	groups_change(change, printer->groups);
	storms_change(change, printer->storms);
	if (!change_has_line(change))
		return;
	for (int i = 0; i < FORMATS; i++)
		printer->changes[i].format->object(&printer->changes[i], change);
	if (change->row)
		life_step(&printer->changes[0], change);
}

static void print_rows(struct printer *printer)
{
	struct row_iter iter;
	const struct row *row;

	for (int i = 0; i < FORMATS; i++) {
		printer->rows[i].context.now = table_now(printer->table);
		table_for_each (printer->table, iter, row)
			printer->rows[i].format->object(&printer->rows[i], row);
	}
	table_for_each (printer->table, iter, row) {
		life_head(&printer->rows[0], row);
		life_steps(&printer->rows[0], row);
	}
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
	const struct findings_scope scope = {.window = 1};
	const struct rules_request ask = {.old = 1};
	struct finding *findings;
	size_t count;

	if (rules_run(printer->table, printer->groups, printer->storms, &ask, &findings, &count))
		return;
	findings_text(&printer->rows[0], findings, count, true, &scope, true);
	findings_headlines(&printer->rows[0], findings, count);
	findings_json(&printer->rows[1], findings, count, &scope);
	rules_free(findings, count);
}

static void printer_open(struct printer *printer)
{
	static const struct view_format *const formats[FORMATS] = {&view_text, &view_json,
	                                                           &view_csv};

	printed_open(&printer->printed);
	printer->table = table_new(ROWS_MAX);
	EXPECT(printer->table);
	printer->groups = groups_new(printer->table);
	printer->storms = storms_new(printer->table);
	for (int i = 0; i < FORMATS; i++) {
		printer->rows[i] = view_of(printer, formats[i], row_fields, row_fields_count);
		printer->changes[i] =
			view_of(printer, formats[i], change_fields, change_fields_count);
	}
	table_set_listener(printer->table, on_change, printer);
}

static void printer_close(struct printer *printer)
{
	for (int i = 0; i < FORMATS; i++) {
		free((void *)printer->rows[i].fields);
		free((void *)printer->changes[i].fields);
	}
	groups_free(printer->groups);
	storms_free(printer->storms);
	table_free(printer->table);
	printed_check(&printer->printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct printer printer;

	printer_open(&printer);
	facts_fold(printer.table, data, size);
	print_rows(&printer);
	judge(&printer);
	dump_and_restore(printer.table);
	table_restart(printer.table);
	printer_close(&printer);
	return 0;
}
