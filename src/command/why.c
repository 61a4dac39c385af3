/* SPDX-License-Identifier: BSD-2-Clause */
#include "command/why.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "rules/rule.h"
#include "view/findings.h"

#define OLD_DEFAULT (300 * NS_PER_SEC) /* no answer, and no pool's idle timeout, takes so long */

struct why_command {
	const struct options *options;
	struct view view;
	struct groups *groups;
	struct storms *storms;
};

struct why_command *why_new(const struct options *options, const struct view *view)
{
	struct why_command *why = calloc(1, sizeof(*why));

	if (!why)
		return NULL;
	why->options = options;
	why->view = *view;
	why->groups = groups_new(view->context.table);
	why->storms = storms_new(view->context.table);
	if (why->groups && why->storms)
		return why;
	why_free(why);
	return NULL;
}

void why_free(struct why_command *why)
{
	if (!why)
		return;
	groups_free(why->groups);
	storms_free(why->storms);
	free(why);
}

void why_change(const struct change *change, void *arg)
{
	struct why_command *why = arg;

	groups_change(change, why->groups);
	if (!query_match_change(&why->options->query, why->view.context.table, change))
		return;
	/* Now or never: the socket may be gone when rules judge. */
	storms_change(change, why->storms);
	if (change_connect_failure(change) != CONNECT_FAILURE_NONE)
		groups_failure(change, why->groups);
}

static bool is_wanted(const struct row *row, void *arg)
{
	const struct why_command *why = arg;
	const struct table *table = why->view.context.table;

	return query_match(&why->options->query, table, row, table_now(table));
}

static int judge(struct why_command *why, struct finding **findings, size_t *count)
{
	const struct rules_ask ask = {
		.wanted = is_wanted,
		.arg = why,
		.old = why->options->old ? why->options->old : OLD_DEFAULT,
		.states = why->options->query.states,
	};
	/* What happened is not about sockets in a state. */
	const struct storms *storms = ask.states ? NULL : why->storms;

	return rules_run(why->view.context.table, why->groups, storms, &ask, findings, count);
}

int why_examples(struct why_command *why, void (*fn)(const struct row *row, void *arg), void *arg)
{
	struct finding *findings;
	size_t count;
	int err = judge(why, &findings, &count);

	if (err)
		return err;
	for (size_t i = 0; i < count; i++)
		if (findings[i].level != FINDING_OK && findings[i].group.example)
			fn(findings[i].group.example, arg);
	rules_free(findings, count);
	return rules_busy(why->view.context.table, why->groups, fn, arg);
}

int why_headlines(struct why_command *why, FILE *out)
{
	struct view view = why->view;
	struct finding *findings;
	size_t count;
	int err = judge(why, &findings, &count);

	if (err)
		return err;
	view.out = out;
	view.color = view.color && isatty(fileno(out));
	err = findings_headlines(&view, findings, count);
	rules_free(findings, count);
	return err;
}

int why_print(struct why_command *why)
{
	struct findings_scope scope = {.window = groups_window(why->groups),
	                               .states = why->options->query.states};
	struct finding *findings;
	size_t count;
	int err = judge(why, &findings, &count);

	if (err)
		return err;
	groups_forgotten(why->groups, &scope.forgotten);
	if (why->options->format == OUTPUT_JSON)
		err = findings_json(&why->view, findings, count, &scope);
	else
		err = findings_text(&why->view, findings, count, why->options->verbose, &scope,
		                    why->options->continuous);
	rules_free(findings, count);
	return err;
}
