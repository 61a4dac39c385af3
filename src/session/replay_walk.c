/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/replay_walk.h"

#include <errno.h>

#include "session/notice.h"

struct first_walk {
	uint32_t netns; /* where it began */
	int64_t end;    /* of the namespaces that are complete so far */
};

/* Follows the walk over all namespaces and fds. true: it is over. */
static bool follow_walk(struct first_walk *first, const struct fact *fact, int64_t wall)
{
	const struct fact_walk *walk = (const struct fact_walk *)fact;

	switch (fact->type) {
	case FACT_TABLE_END: /* a checkpoint holds what earlier walks found */
		first->end = wall;
		return true;
	case FACT_WALK_BEGIN:
		if (walk->kind != WALK_SOCKETS)
			return false;
		if (first->end && walk->netns == first->netns)
			return true; /* of another walk */
		if (!first->netns)
			first->netns = walk->netns;
		return false;
	case FACT_WALK_END:
		first->end = wall;
		return walk->kind == WALK_HOLDERS;
	default:
		return false;
	}
}

int replay_walk_start(struct input *input, int64_t *wall, struct diag *diag)
{
	struct first_walk first = {0};
	const struct fact *fact;
	int64_t at;
	int got;

	input_seek(input, INT64_MIN);
	while ((got = input_next(input, &fact, &at, diag)) == READER_FACT)
		if (follow_walk(&first, fact, at))
			break;
	if (got < 0)
		return got;
	if (first.end)
		*wall = first.end;
	return 0;
}

static bool is_about_sockets(const struct fact *fact)
{
	switch (fact->type) {
	case FACT_STATE:
	case FACT_SEEN:
	case FACT_WALK_END:
	case FACT_TABLE_END:
	case FACT_RETRANSMIT:
	case FACT_SYNACK:
	case FACT_RST_SENT:
	case FACT_RST_RECEIVED:
		return true;
	default:
		return false;
	}
}

void replay_walk_note(struct replay_walk *walk, const struct fact *fact)
{
	walk->reported |= is_about_sockets(fact);
	walk->begun |= fact->type == FACT_WALK_BEGIN;
	walk->ended |= fact->type == FACT_WALK_END || fact->type == FACT_TABLE_END;
}

int replay_walk_check(const struct replay_walk *walk, const struct options *options,
                      const struct needs *needs, bool timed, struct diag *diag)
{
	struct diag half;

	if (!walk->reported && !needs->counts)
		return diag_fail(diag, -ENODATA, "--from: %s reports no sockets%s", options->from,
		                 timed ? " by then" : "");
	if (!walk->begun || walk->ended || !needs->sockets)
		return 0;
	diag_fail(
		&half, -ENODATA,
		"--from: the first walk of %s was not complete at that time: sockets are missing%s",
		options->from, timed ? "; \"start\" is the end of that walk" : "");
	if (needs->verdict) {
		*diag = half;
		return -ENODATA;
	}
	notice("%s", half.text);
	return 0;
}
