/* SPDX-License-Identifier: BSD-2-Clause */
#include "count/threshold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

/* --- reading -------------------------------------------------------------------------------- */

#define EXPECTED                                                                                   \
	"expected STATE>NUMBER, age>TIME, growth>NUMBER (or >=), per=process or per=host, "        \
	"separated by commas: close_wait>100,age>5m"

/* The parts of "close_wait>=100". */
struct condition {
	const char *name, *value;
	bool compares; /* ">" or ">=", not "=" */
	bool equal;    /* ">=" */
};

/* Conditions that were read. A threshold has each of them once. */
enum { GIVEN_STATE = 1, GIVEN_AGE = 2, GIVEN_GROWTH = 4, GIVEN_PER = 8 };

struct reading {
	struct threshold threshold;
	unsigned int given;
	const char *why; /* the fault */
};

static int refuse(struct reading *reading, const char *why)
{
	reading->why = why;
	return -EINVAL;
}

static int give(struct reading *reading, unsigned int what, const char *twice)
{
	if (reading->given & what)
		return refuse(reading, twice);
	reading->given |= what;
	return 0;
}

/* Reads the largest number that does not meet the condition. */
static int read_most(struct reading *reading, const struct condition *condition, int64_t *most)
{
	uint64_t number;

	if (!condition->compares)
		return refuse(reading, "expected > or >= and a number");
	if (parse_number(condition->value, 0, UINT32_MAX, &number))
		return refuse(reading, "expected a number up to 4294967295 behind >");
	*most = (int64_t)number - condition->equal;
	return 0;
}

static int read_age(struct reading *reading, const struct condition *condition)
{
	uint64_t ns;

	if (!condition->compares)
		return refuse(reading, "expected > or >= and a number");
	if (parse_duration(condition->value, &ns) || ns == UINT64_MAX)
		return refuse(reading, "expected a number and a unit of ms, s, m, h, d behind >");
	reading->threshold.age = ns + !condition->equal;
	return give(reading, GIVEN_AGE, "a second age");
}

static int read_growth(struct reading *reading, const struct condition *condition)
{
	reading->threshold.has_growth = true;
	return read_most(reading, condition, &reading->threshold.growth_most)
	               ?: give(reading, GIVEN_GROWTH, "a second growth");
}

static int read_per(struct reading *reading, const struct condition *condition)
{
	reading->threshold.per_host = !strcmp(condition->value, "host");
	if (condition->compares ||
	    (!reading->threshold.per_host && strcmp(condition->value, "process") != 0))
		return refuse(reading, "expected per=process or per=host");
	return give(reading, GIVEN_PER, "a second per");
}

/* The one state of the bits; STATE_UNKNOWN: there are several. */
static uint8_t single_state(uint32_t bits)
{
	const struct threshold probe = {.state = (uint8_t)__builtin_ctz(bits)};

	return bits == threshold_states(&probe) ? probe.state : STATE_UNKNOWN;
}

static int read_state(struct reading *reading, const struct condition *condition)
{
	int64_t most;
	uint32_t bits;
	int err;

	if (state_parse(condition->name, &bits))
		return refuse(reading,
		              "unknown name: it is neither a state nor age, growth or per");
	reading->threshold.state = single_state(bits);
	if (reading->threshold.state == STATE_UNKNOWN)
		return refuse(reading, "a group of states: expected one state");
	err = read_most(reading, condition, &most);
	if (err)
		return err;
	if (most < 0)
		return refuse(reading, "always true");
	reading->threshold.most = (uint64_t)most;
	return give(reading, GIVEN_STATE, "a second state: use another --fail-if");
}

/* Splits the text into its parts. */
static int split(char *text, struct condition *condition)
{
	char *at = text + strcspn(text, "<>=!");

	*condition = (struct condition){.name = text, .compares = *at == '>'};
	if (at == text || (*at != '>' && *at != '='))
		return -EINVAL;
	*at++ = '\0';
	condition->equal = condition->compares && *at == '=';
	condition->value = at + condition->equal;
	return 0;
}

static int read_condition(struct reading *reading, char *text)
{
	static const struct {
		const char *name;
		int (*read)(struct reading *reading, const struct condition *condition);
	} kinds[] = {{"age", read_age}, {"growth", read_growth}, {"per", read_per}};
	struct condition condition;

	if (split(text, &condition))
		return refuse(reading, "expected a name, > or >=, and a number");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(condition.name, kinds[i].name))
			return kinds[i].read(reading, &condition);
	return read_state(reading, &condition);
}

int threshold_parse(const char *text, struct threshold *threshold, struct diag *diag)
{
	struct reading reading = {.threshold.text = text};
	char *copy = strdup(text), *rest = copy, *word;
	int err = 0;

	if (!copy)
		return diag_fail(diag, -ENOMEM, "out of memory");
	while (!err && (word = strsep(&rest, ","))) {
		const char *typed = text + (word - copy);

		err = read_condition(&reading, word);
		if (err)
			diag_fail(diag, err, "--fail-if: invalid condition \"%.*s\": %s; " EXPECTED,
			          (int)strcspn(typed, ",") > 80 ? 80 : (int)strcspn(typed, ","),
			          typed, reading.why);
	}
	free(copy);
	if (err)
		return err;
	if (!(reading.given & GIVEN_STATE))
		return diag_fail(diag, -EINVAL, "--fail-if: \"%.80s\" has no state; " EXPECTED,
		                 text);
	*threshold = reading.threshold;
	return 0;
}

/* --- counting ------------------------------------------------------------------------------- */

uint32_t threshold_states(const struct threshold *threshold)
{
	uint32_t bits = STATE_BIT(threshold->state);

	return threshold->state == STATE_SYN_RECV ? bits | STATE_BIT(STATE_NEW_SYN_RECV) : bits;
}

static uint8_t classify(const struct table *table, const struct row *row,
                        uint64_t tally[GROUP_TALLIES], void *arg)
{
	(void)tally;
	/* A subflow is counted with its MPTCP socket. */
	return !(row->flags & ROW_SUBFLOW) && query_match(arg, table, row, table_now(table));
}

static bool same_process(const struct group *a, const struct group *b)
{
	return a->key.pid == b->key.pid && a->key.start == b->key.start;
}

/* Puts the groups of one process together, the largest first. */
static int by_process(const void *a, const void *b)
{
	const struct group *left = *(const struct group *const *)a;
	const struct group *right = *(const struct group *const *)b;

	if (left->key.pid != right->key.pid)
		return left->key.pid < right->key.pid ? -1 : 1;
	if (left->key.start != right->key.start)
		return left->key.start < right->key.start ? -1 : 1;
	if (left->count != right->count)
		return left->count < right->count ? 1 : -1;
	return memcmp(&left->key, &right->key, sizeof(left->key));
}

struct evaluation {
	const struct threshold *threshold;
	const struct table *table;
	struct groups *groups;
};

/* Adds up the groups of one process, or all groups. */
static int add_up(const struct evaluation *evaluation, const struct group *const *groups,
                  size_t count, struct threshold_result *result)
{
	const struct threshold *threshold = evaluation->threshold;
	const struct group_key *key = &groups[0]->key;
	const struct group_key *who = threshold->per_host ? NULL : key;
	struct threshold_result sum = {.place = *key, .places = (uint32_t)count};
	int err = 0;

	for (size_t i = 0; i < count; i++) {
		sum.count += groups[i]->count;
		if (i && groups[i]->oldest <= sum.oldest)
			continue;
		sum.oldest = groups[i]->oldest;
		sum.oldest_exact = groups[i]->example->flags & ROW_SINCE_EXACT;
	}
	if (who && who->pid)
		sum.task = table_find_task(evaluation->table, who->pid, who->start);
	if (threshold->has_growth)
		err = groups_growth(evaluation->groups, threshold->state, who, &sum.growth);
	sum.met = sum.count > threshold->most &&
	          (!threshold->has_growth || sum.growth > threshold->growth_most);
	*result = sum;
	return err;
}

/* Keeps the worse result, and counts the others that meet the threshold. */
static void keep_worse(struct threshold_result *worst, const struct threshold_result *one)
{
	uint32_t others = worst->others + (worst->met && one->met);

	if (one->met > worst->met || (one->met == worst->met && one->count > worst->count))
		*worst = *one;
	worst->others = others;
}

static int find_worst(const struct evaluation *evaluation, const struct group *const *groups,
                      size_t count, struct threshold_result *worst)
{
	int err = 0;

	for (size_t from = 0, to; from < count && !err; from = to) {
		struct threshold_result one;

		for (to = from + 1; to < count && (evaluation->threshold->per_host ||
		                                   same_process(groups[to], groups[from]));)
			to++;
		err = add_up(evaluation, groups + from, to - from, &one);
		keep_worse(worst, &one);
	}
	return err;
}

static uint32_t count_undecided(const struct query *query, const struct table *table)
{
	uint64_t now = table_now(table);
	struct row_iter iter;
	const struct row *row;
	uint32_t count = 0;

	if (!query_may_be_undecided(query))
		return 0;
	table_for_each (table, iter, row)
		count += !(row->flags & ROW_SUBFLOW) && query_undecided(query, table, row, now);
	return count;
}

bool threshold_is_undecided(const struct threshold *threshold,
                            const struct threshold_result *result)
{
	return !result->met && result->undecided &&
	       (uint64_t)result->count + result->undecided > threshold->most;
}

int threshold_evaluate(const struct threshold *threshold, const struct query *query,
                       const struct table *table, struct groups *groups,
                       struct threshold_result *result)
{
	const struct evaluation evaluation = {threshold, table, groups};
	struct query counted = *query; /* the lists still belong to *query */
	struct threshold_result worst = {0};
	const struct group **sorted;
	size_t count;
	int err;

	counted.states = threshold_states(threshold);
	if (counted.older < threshold->age)
		counted.older = threshold->age;
	err = groups_collect(groups, classify, &counted, NULL);
	if (err)
		return err;
	count = groups_count(groups);
	sorted = calloc(count + 1, sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		sorted[i] = groups_at(groups, i);
	if (!threshold->per_host)
		qsort(sorted, count, sizeof(*sorted), by_process);
	err = find_worst(&evaluation, sorted, count, &worst);
	free(sorted);
	worst.undecided = err ? 0 : count_undecided(&counted, table);
	if (!err)
		*result = worst;
	return err;
}
