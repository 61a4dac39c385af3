/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/answers.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "rules/survey_private.h"

/* A stamp is the lower 32 bits of a time in ms, less than 24 days ago. */
static uint64_t ms_since(const struct table *table, uint32_t stamp)
{
	int32_t ms = (int32_t)((uint32_t)(table_now(table) / NS_PER_MS) - stamp);

	return ms > 0 ? (uint64_t)ms : 0;
}

static bool is_later(uint32_t left, uint32_t right)
{
	return (int32_t)(left - right) > 0;
}

bool answer_is_due_at(const struct table *table, const struct row *row, bool passive, uint64_t *ns)
{
	uint32_t asked = passive ? row->received : row->sent;
	uint32_t answered = passive ? row->sent : row->received;

	if (row->state != STATE_ESTABLISHED || !(row->flags & ROW_SOCKET) ||
	    !(row->flags & ROW_QUEUES) || row->rqueue || row->wqueue || !asked ||
	    (answered && !is_later(asked, answered)))
		return false;
	*ns = ms_since(table, asked) * NS_PER_MS;
	return true;
}

bool answer_is_due(const struct table *table, const struct row *row, uint64_t *ns)
{
	return answer_is_due_at(table, row, row_is_passive(table, row), ns);
}

static unsigned int bucket_of(uint32_t ms)
{
	unsigned int bucket = 0;

	while (ms > 1) {
		ms /= 2;
		bucket++;
	}
	return bucket;
}

static bool add_to(struct survey *survey, const struct group_key *key, const struct row *row)
{
	struct answers *answers = map_get(&survey->answers.map, key);
	uint32_t asked = key->passive ? row->received : row->sent;
	uint32_t answered = key->passive ? row->sent : row->received;
	uint64_t last, due;

	if (!answers)
		return false;
	answers->all++;
	answers->accepted += key->passive && row->flags & ROW_SOCKET;
	if (answer_is_due_at(survey->table, row, key->passive, &due) && due >= ANSWER_WAITS) {
		answers->waiting++;
		answers->longest = due > answers->longest ? due : answers->longest;
	}
	if (!asked || !answered || is_later(asked, answered))
		return true;
	last = ms_since(survey->table, answered) * NS_PER_MS;
	if (!answers->answered || last < answers->last)
		answers->last = last;
	answers->answered++;
	answers->took[bucket_of(answered - asked)]++;
	return true;
}

static bool add_to_place(struct survey *survey, const struct group_key *key, const struct row *row)
{
	const struct answers *own = map_find(&survey->answers.map, key);
	bool first = own && own->waiting == 1, first_accepted = own && own->accepted == 1;
	struct group_key place = *key;
	uint32_t before, accepted;
	struct answers *all;

	place.pid = 0;
	place.start = 0;
	all = map_get(&survey->answers.map, &place);
	if (!all)
		return false;
	before = all->waiting;
	accepted = all->accepted;
	if (!add_to(survey, &place, row))
		return false;
	all = map_find(&survey->answers.map, &place);
	if (key->pid && first && all->waiting > before)
		all->processes++;
	if (key->pid && first_accepted && all->accepted > accepted)
		all->owners++;
	return true;
}

static bool add_answers(struct survey *survey, const struct row *row)
{
	struct group_key key;

	if (row->state != STATE_ESTABLISHED)
		return true;
	group_key_of(survey->table, row, &key);
	key.class = 0;
	return (!key.pid || add_to(survey, &key, row)) && add_to_place(survey, &key, row);
}

/* --- how many waited at once ------------------------------------------------------------------ */

/* A socket begins to wait (step 1) or gets its answer (step -1). entry: index in the map. */
struct edge {
	uint32_t entry;
	int32_t ms; /* relative to now: below 0 */
	int32_t step;
};

struct edges {
	struct edge *items;
	size_t count, room;
};

static bool add_edges(struct edges *edges, uint32_t entry, int32_t asked, int32_t answered)
{
	struct edge *items =
		array_reserve(edges->items, &edges->room, edges->count + 2, sizeof(*items));

	if (!items)
		return false;
	edges->items = items;
	edges->items[edges->count++] = (struct edge){entry, asked, 1};
	/* A wait of less than 1 ms counts as 1 ms. */
	edges->items[edges->count++] = (struct edge){entry, answered + 1, -1};
	return true;
}

static bool add_span(struct survey *survey, struct edges *edges, const struct row *row)
{
	struct map *map = &survey->answers.map;
	const struct answers *found;
	struct group_key key;
	uint32_t asked, answered;

	if (row->state != STATE_ESTABLISHED)
		return true;
	group_key_of(survey->table, row, &key);
	key.class = 0;
	asked = key.passive ? row->received : row->sent;
	answered = key.passive ? row->sent : row->received;
	if (!asked || !answered || is_later(asked, answered))
		return true;
	for (int all = 0; all <= 1; all++) {
		found = all || key.pid ? map_find(map, &key) : NULL;
		if (found && found->waiting &&
		    !add_edges(edges, (uint32_t)map_index(map, found),
		               -(int32_t)ms_since(survey->table, asked),
		               -(int32_t)ms_since(survey->table, answered)))
			return false;
		key.pid = 0;
		key.start = 0;
	}
	return true;
}

/* At the same time, ends sort before begins. */
static int compare(const void *a, const void *b)
{
	const struct edge *left = a, *right = b;

	if (left->entry != right->entry)
		return left->entry < right->entry ? -1 : 1;
	if (left->ms != right->ms)
		return left->ms < right->ms ? -1 : 1;
	return left->step - right->step;
}

static void sweep(struct map *map, const struct edges *edges)
{
	int64_t waiting = 0;

	for (size_t i = 0; i < edges->count; i++) {
		const struct edge *edge = &edges->items[i];
		struct answers *answers = map_at(map, edge->entry);

		if (!i || edge->entry != edge[-1].entry)
			waiting = 0;
		waiting += edge->step;
		if (waiting > answers->at_once)
			answers->at_once = (uint32_t)waiting;
	}
}

static void count_at_once(struct survey *survey)
{
	struct edges edges = {0};
	struct row_iter iter;
	const struct row *row;

	table_for_each (survey->table, iter, row)
		if (!add_span(survey, &edges, row))
			survey->answers.state = SURVEY_FAILED;
	if (edges.count)
		qsort(edges.items, edges.count, sizeof(*edges.items), compare);
	sweep(&survey->answers.map, &edges);
	free(edges.items);
}

bool survey_answers(struct survey *survey, const struct group_key *of, struct answers *answers)
{
	struct group_key key = *of;
	bool first = survey->answers.state == SURVEY_NOT_YET;
	const struct answers *found;

	key.class = 0;
	if (!survey_rows(survey, &survey->answers, sizeof(key), sizeof(*found), add_answers))
		return false;
	if (first)
		count_at_once(survey);
	found = map_find(&survey->answers.map, &key);
	if (found)
		*answers = *found;
	else
		memset(answers, 0, sizeof(*answers));
	return true;
}

uint64_t answers_within(const struct answers *answers, unsigned int percent)
{
	uint64_t sum = 0;
	unsigned int i = 0;

	if (!answers->answered)
		return 0;
	while (i < ANSWER_BUCKETS - 1) {
		sum += answers->took[i];
		if (sum * 100 >= (uint64_t)answers->answered * percent)
			break;
		i++;
	}
	return (2ULL << i) * NS_PER_MS;
}
