/* SPDX-License-Identifier: BSD-2-Clause */
/* What has changed between two instants, for people and for programs. */
#ifndef TCPTRAIL_VIEW_DIFF_H
#define TCPTRAIL_VIEW_DIFF_H

#include "count/census.h"
#include "view/view.h"

/* rows: of census_compare(), in the order given. Both: 0 or -errno of the stream. */

/* When it was, a line a group, and a last line of all there was and is in each state. */
int diff_text(struct view *view, const struct census *before, const struct census *after,
              const struct census_row *rows, size_t count);
/* One object a group. */
int diff_json(struct view *view, const struct census_row *rows, size_t count);

#endif
