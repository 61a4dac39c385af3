/* SPDX-License-Identifier: BSD-2-Clause */
/* The difference of two times, as text and as JSON. */
#ifndef TCPTRAIL_VIEW_DIFF_H
#define TCPTRAIL_VIEW_DIFF_H

#include "count/census.h"
#include "view/view.h"

/* Both print the rows of census_compare() in order, and return 0 or -errno of the stream. */

/* Prints the two times, a line for each group, and the number of sockets in each state. */
int diff_text(struct view *view, const struct census *before, const struct census *after,
              const struct census_row *rows, size_t count);
/* One object for each group. */
int diff_json(struct view *view, const struct census_row *rows, size_t count);

#endif
