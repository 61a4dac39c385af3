/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/fail_if.h"

#include <errno.h>
#include <stdlib.h>

#include "view/thresholds.h"

struct fail_if {
	const struct options *options;
	struct view view;
	struct query query;    /* whose coming and going counts; lists are the options' */
	struct groups *groups; /* of those alone */
};

struct fail_if *fail_if_new(const struct options *options, const struct view *view, bool one_netns)
{
	struct fail_if *fail_if = calloc(1, sizeof(*fail_if));

	if (!fail_if)
		return NULL;
	fail_if->options = options;
	fail_if->view = *view;
	fail_if->view.one_netns = one_netns;
	fail_if->query = options->query;
	/* Who comes is young, and comes from another state. */
	fail_if->query.states = 0;
	fail_if->query.older = fail_if->query.newer = 0;
	fail_if->groups = groups_new(view->context.table);
	if (fail_if->groups)
		return fail_if;
	free(fail_if);
	return NULL;
}

void fail_if_free(struct fail_if *fail_if)
{
	if (!fail_if)
		return;
	groups_free(fail_if->groups);
	free(fail_if);
}

void fail_if_change(const struct change *change, void *arg)
{
	struct fail_if *fail_if = arg;
	const struct table *table = fail_if->view.context.table;

	/* What ends is forgotten, for another socket may have its row next. */
	if (change->kind == CHANGE_END || change->kind == CHANGE_BECAME ||
	    (change->kind == CHANGE_STATE &&
	     query_match(&fail_if->query, table, change->row, table_now(table))))
		groups_change(change, fail_if->groups);
}

static int check_decided(const struct fail_if *fail_if, const struct threshold_result *results,
                         struct diag *diag)
{
	const struct options *options = fail_if->options;

	for (size_t i = 0; i < options->fail_if_count; i++) {
		const struct threshold *threshold = &options->fail_ifs[i];

		if (threshold_is_undecided(threshold, &results[i]))
			return diag_fail(
				diag, -ENODATA,
				"--fail-if: cannot evaluate \"%.80s\": the owner of %u %s is not "
				"known, and the filters ask for it",
				threshold->text, results[i].undecided,
				state_name(threshold->state));
	}
	return 0;
}

int fail_if_print(struct fail_if *fail_if, bool *met, struct diag *diag)
{
	const struct options *options = fail_if->options;
	struct threshold_result *results = calloc(options->fail_if_count, sizeof(*results));
	int err = results ? 0 : -ENOMEM;

	for (size_t i = 0; i < options->fail_if_count && !err; i++) {
		err = threshold_evaluate(&options->fail_ifs[i], &options->query,
		                         fail_if->view.context.table, fail_if->groups, &results[i]);
		*met |= !err && results[i].met;
	}
	if (!err && !*met)
		err = check_decided(fail_if, results, diag);
	if (!err)
		err = (options->format == OUTPUT_JSON ? thresholds_json : thresholds_text)(
			&fail_if->view, options->fail_ifs, results, options->fail_if_count);
	free(results);
	return err;
}
