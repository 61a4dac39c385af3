/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table counted in all, as the last lines of a run. */
#ifndef TCPTRAIL_VIEW_TOTALS_H
#define TCPTRAIL_VIEW_TOTALS_H

#include <stdio.h>

#include "table/table.h"
#include "view/view.h"

/* "ring-buffer 12, chain 1": what was lost, by place; false: nothing, and nothing printed. */
bool totals_lost(FILE *out, const struct totals *totals);

/* Both: 0 or -errno of the stream. */
int totals_text(FILE *out, const struct totals *totals);
int totals_json(struct view *view, const struct totals *totals);

#endif
