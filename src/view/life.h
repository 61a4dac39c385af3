/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of one socket as text: what is known of it, its events, its end. */
#ifndef TCPTRAIL_VIEW_LIFE_H
#define TCPTRAIL_VIEW_LIFE_H

#include "table/change.h"
#include "view/view.h"

/* All return 0 or -errno of the stream. Ages end at view->context.now. */

/* Prints what is known of the socket, one line for each subject. */
int life_head(struct view *view, const struct row *row);
/* Prints its events so far, each with the time in the state before it. */
int life_steps(struct view *view, const struct row *row);
/* Prints one more event. */
int life_step(struct view *view, const struct change *change);
/* Prints how it ended. time: ns of CLOCK_BOOTTIME. */
int life_end(struct view *view, const struct row *row, uint64_t time);

#endif
