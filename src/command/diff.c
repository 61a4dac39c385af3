/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/diff.h"

#include <errno.h>
#include <stdlib.h>

#include "view/diff.h"

struct diff_command {
	const struct options *options;
	struct view view;
	struct census *before, *after; /* NULL: not yet */
};

struct diff_command *diff_new(const struct options *options, const struct view *view)
{
	struct diff_command *diff = calloc(1, sizeof(*diff));

	if (!diff)
		return NULL;
	diff->options = options;
	diff->view = *view;
	diff->view.title = NULL;
	diff->view.kind = "diff";
	return diff;
}

void diff_free(struct diff_command *diff)
{
	if (!diff)
		return;
	census_free(diff->before);
	census_free(diff->after);
	free(diff);
}

int diff_take(struct diff_command *diff)
{
	struct census *census = census_take(diff->view.context.table, &diff->options->query);

	if (!census)
		return -ENOMEM;
	if (!diff->before) {
		diff->before = census;
		return 0;
	}
	census_free(diff->after);
	diff->after = census;
	return 0;
}

int diff_print(struct diff_command *diff)
{
	struct census_row *rows;
	size_t count;
	int err = diff->after ? census_compare(diff->before, diff->after, diff->options->all, &rows,
	                                       &count)
	                      : -EINVAL;

	if (err)
		return err;
	if (diff->options->format == OUTPUT_JSON)
		err = diff_json(&diff->view, rows, count);
	else
		err = diff_text(&diff->view, diff->before, diff->after, rows, count);
	free(rows);
	return err;
}
