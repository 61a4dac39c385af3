/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/trail.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "view/life.h"

/* A row that was asked for. */
struct met {
	uint64_t id;
	bool printed; /* with --follow: what comes is printed as it comes */
};

struct trail {
	const struct options *options;
	struct view rows, changes;
	struct met *met;
	size_t living; /* of met[] */
	unsigned int found;
	bool begun;
	int err;
};

struct trail *trail_new(const struct options *options, const struct view *rows,
                        const struct view *changes)
{
	struct trail *trail = calloc(1, sizeof(*trail));

	if (!trail)
		return NULL;
	trail->options = options;
	trail->rows = *rows;
	trail->changes = *changes;
	return trail;
}

void trail_free(struct trail *trail)
{
	if (!trail)
		return;
	free(trail->met);
	free(trail);
}

static bool is_text(const struct trail *trail)
{
	return trail->options->format == OUTPUT_TEXT;
}

static void note(struct trail *trail, int err)
{
	if (err && !trail->err)
		trail->err = err;
}

static struct met *find(const struct trail *trail, uint64_t id)
{
	for (size_t i = 0; i < trail->living; i++)
		if (trail->met[i].id == id)
			return &trail->met[i];
	return NULL;
}

/* The socket, if it is or was asked for; NULL: it is another one. */
static struct met *meet(struct trail *trail, const struct row *row)
{
	const struct table *table = trail->rows.context.table;
	struct met *met = find(trail, row->id);

	if (met || !pick_match(&trail->options->pick, table, row) ||
	    !query_match(&trail->options->query, table, row, table_now(table)))
		return met;
	met = array_add(trail->met, trail->living, sizeof(*met));
	if (!met) {
		note(trail, -ENOMEM);
		return NULL;
	}
	trail->met = met;
	met += trail->living++;
	*met = (struct met){.id = row->id};
	trail->found++;
	return met;
}

static void print_life(struct trail *trail, const struct row *row)
{
	struct view *view = &trail->rows;

	view->context.now = table_now(view->context.table);
	if (!is_text(trail)) {
		note(trail, view->format->object(view, row));
		return;
	}
	if (trail->begun && fputc('\n', view->out) == EOF)
		note(trail, -errno);
	trail->begun = true;
	note(trail, life_head(view, row));
	if (fputc('\n', view->out) == EOF)
		note(trail, -errno);
	note(trail, life_steps(view, row));
}

/* Its last line, and if nothing was said of it before, all that went before. */
static void print_end(struct trail *trail, const struct met *met, const struct row *row,
                      uint64_t time)
{
	if (!met->printed || !is_text(trail))
		print_life(trail, row);
	if (is_text(trail))
		note(trail, life_end(&trail->rows, row, time));
}

static void print_step(struct trail *trail, struct met *met, const struct change *change)
{
	struct view *view = &trail->changes;

	if (!met->printed) /* its steps so far, this one among them */
		print_life(trail, change->row);
	else if (is_text(trail))
		note(trail, life_step(view, change));
	else
		note(trail, view->format->object(view, change));
	met->printed = true;
}

static void forget(struct trail *trail, struct met *met)
{
	*met = trail->met[--trail->living];
}

/* The request that was followed is a full socket from here on: that one is followed. */
static void follow(struct trail *trail, struct met *met, const struct change *change)
{
	struct met *child = find(trail, change->into);

	if (!child) {
		met->id = change->into;
		return;
	}
	child->printed |= met->printed;
	trail->found--; /* the two are one */
	forget(trail, met);
}

void trail_change(const struct change *change, void *arg)
{
	struct trail *trail = arg;
	struct met *met;

	if (!change->row || !change->row->used) /* a loss, or a segment for no socket */
		return;
	met = meet(trail, change->row);
	if (!met || trail->err)
		return;
	if (change->kind == CHANGE_END) {
		print_end(trail, met, change->row, change->time);
		forget(trail, met);
	} else if (change->kind == CHANGE_BECAME) {
		follow(trail, met, change);
	} else if (trail->options->follow && change_has_line(change)) {
		print_step(trail, met, change);
	}
}

int trail_print(struct trail *trail)
{
	const struct table *table = trail->rows.context.table;
	struct row_iter iter;
	const struct row *row;

	table_for_each (table, iter, row) {
		struct met *met = meet(trail, row);

		if (!met || met->printed)
			continue;
		print_life(trail, row);
		met->printed = true;
	}
	return trail->err;
}

unsigned int trail_found(const struct trail *trail)
{
	return trail->found;
}

bool trail_living(const struct trail *trail)
{
	return trail->living;
}

int trail_error(const struct trail *trail)
{
	return trail->err;
}
