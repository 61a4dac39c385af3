/* SPDX-License-Identifier: BSD-2-Clause */
#include "table/emit_private.h"

void change_emit(struct table *t, const struct change *change)
{
	if (t->listener)
		t->listener(change, t->listener_arg);
}

void loss_count(struct table *t, enum fact_loss_where where, uint64_t count)
{
	struct change change = {
		.kind = CHANGE_LOSS, .time = t->now, .where = where, .count = count};

	t->totals.lost[where] += count;
	t->totals.lost_uncounted |= !count;
	/* These come one by one and in crowds: one change reports them when a walk begins. */
	if (where == LOSS_CHAIN || where == LOSS_TABLE)
		t->unreported[where] += count;
	else
		change_emit(t, &change);
}

void loss_report(struct table *t)
{
	struct change change = {.kind = CHANGE_LOSS, .time = t->now};

	for (enum fact_loss_where where = 1; where < LOSS_WHERE_COUNT; where++) {
		if (!t->unreported[where])
			continue;
		change.where = where;
		change.count = t->unreported[where];
		t->unreported[where] = 0;
		change_emit(t, &change);
	}
}
