/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/fail_if.h"

#include <errno.h>
#include <stdlib.h>

#include "view/thresholds.h"

struct fail_if {
	struct session *session;
	struct view view;
	struct query query;    /* of changes that count; its lists are the options' */
	struct groups *groups; /* of these changes alone */
};

/* --- the command line ------------------------------------------------------------------------- */

/* Refuses a threshold that nothing can meet: it would always be fine. */
static int check_threshold(const struct options *options, const struct threshold *threshold,
                           bool sees_growth, struct diag *diag)
{
	if (options->query.states && !(options->query.states & threshold_states(threshold)))
		return diag_fail(diag, -EINVAL,
		                 "--fail-if: \"%.80s\" counts sockets that the filter leaves "
		                 "out: expected a state that you asked for",
		                 threshold->text);
	if (threshold->has_growth && !sees_growth)
		return diag_fail(diag, -EINVAL, "--fail-if: \"%.80s\": %s sees no growth: use why",
		                 threshold->text, command_name(options->command));
	if (threshold->has_growth && !options->watch && !options->from)
		return diag_fail(diag, -EINVAL,
		                 "--fail-if: \"%.80s\": nothing grows in no time: expected --for "
		                 "above 0",
		                 threshold->text);
	return 0;
}

int fail_if_check(const struct options *options, bool sees_growth, struct diag *diag)
{
	int err = 0;

	if (!options->fail_if_count)
		return 0;
	if (options->continuous || options->format == OUTPUT_CSV || options->columns ||
	    options->sort || options->limit)
		return diag_fail(diag, -EINVAL,
		                 "--fail-if prints one line instead of the list: expected no "
		                 "DELAY, -c, --csv, --columns, --sort or --limit");
	for (size_t i = 0; i < options->fail_if_count && !err; i++)
		err = check_threshold(options, &options->fail_ifs[i], sees_growth, diag);
	return err;
}

void fail_if_needs(const struct options *options, struct needs *needs)
{
	if (!options->fail_if_count)
		return;
	needs->verdict = true;
	needs->ages |= options->query.older > 0;
	for (size_t i = 0; i < options->fail_if_count; i++)
		needs->ages |= options->fail_ifs[i].age > 0;
}

/* --- the session ------------------------------------------------------------------------------ */

struct fail_if *fail_if_new(struct session *session)
{
	const struct options *options = session->options;
	struct fail_if *fail_if = calloc(1, sizeof(*fail_if));

	if (!fail_if)
		return NULL;
	fail_if->session = session;
	fail_if->view = *output_row_view(session->output);
	fail_if->view.one_netns = session->one_netns;
	fail_if->query = options->query;
	/* A socket that enters the state is young, and comes from another state. */
	fail_if->query.states = 0;
	fail_if->query.older = fail_if->query.newer = 0;
	fail_if->groups = groups_new(session->table);
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

void fail_if_change(const struct change *change, struct fail_if *fail_if)
{
	const struct table *table = fail_if->session->table;

	/* The end of any socket counts: another socket may get its row next. */
	if (change->kind == CHANGE_END || change->kind == CHANGE_BECAME ||
	    (change->kind == CHANGE_STATE &&
	     query_match(&fail_if->query, table, change->row, table_now(table))))
		groups_change(change, fail_if->groups);
}

static int check_decided(const struct fail_if *fail_if, const struct threshold_result *results)
{
	const struct options *options = fail_if->session->options;

	for (size_t i = 0; i < options->fail_if_count; i++) {
		const struct threshold *threshold = &options->fail_ifs[i];

		if (threshold_is_undecided(threshold, &results[i]))
			return diag_fail(
				&fail_if->session->refusal, -ENODATA,
				"--fail-if: cannot evaluate \"%.80s\": the owner of %u %s is not "
				"known, and the filters ask for it",
				threshold->text, results[i].undecided,
				state_name(threshold->state));
	}
	return 0;
}

int fail_if_print(struct fail_if *fail_if)
{
	const struct options *options = fail_if->session->options;
	struct threshold_result *results = calloc(options->fail_if_count, sizeof(*results));
	int err = results ? 0 : -ENOMEM;
	bool met = false;

	for (size_t i = 0; i < options->fail_if_count && !err; i++) {
		err = threshold_evaluate(&options->fail_ifs[i], &options->query,
		                         fail_if->session->table, fail_if->groups, &results[i]);
		met |= !err && results[i].met;
	}
	if (met)
		fail_if->session->answer = EXIT_BAD;
	if (!err && !met)
		err = check_decided(fail_if, results);
	if (!err)
		err = (options->format == OUTPUT_JSON ? thresholds_json : thresholds_text)(
			&fail_if->view, options->fail_ifs, results, options->fail_if_count);
	free(results);
	return err;
}
