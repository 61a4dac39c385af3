/* SPDX-License-Identifier: BSD-2-Clause */
/* Totals of the table: the last lines of a run. */
#ifndef TCPTRAIL_VIEW_TOTALS_H
#define TCPTRAIL_VIEW_TOTALS_H

#include <stdio.h>

#include "table/table.h"
#include "view/view.h"

/* Prints the losses by place: "ring-buffer 12, chain 1". false: nothing was lost or printed. */
bool totals_lost(FILE *out, const struct totals *totals);

/* Both return 0 or -errno of the stream. */
int totals_text(FILE *out, const struct totals *totals);
int totals_json(struct view *view, const struct totals *totals);

#endif
