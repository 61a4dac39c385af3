/* SPDX-License-Identifier: BSD-2-Clause */
/* One socket's life for people: who and where, then step by step, then its end. */
#ifndef TCPTRAIL_VIEW_LIFE_H
#define TCPTRAIL_VIEW_LIFE_H

#include "table/change.h"
#include "view/view.h"

/* All return 0 or -errno of the stream. context.now: what ages are counted to. */

/* What is known of it, one thing a line. */
int life_head(struct view *view, const struct row *row);
/* Its steps so far, with the time in the state that each of them left. */
int life_steps(struct view *view, const struct row *row);
/* One more step. */
int life_step(struct view *view, const struct change *change);
/* How it ended, at that time (ns of CLOCK_BOOTTIME). */
int life_end(struct view *view, const struct row *row, uint64_t time);

#endif
