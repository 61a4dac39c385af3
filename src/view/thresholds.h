/* SPDX-License-Identifier: BSD-2-Clause */
/* Results of thresholds, for a monitoring system and as JSON. */
#ifndef TCPTRAIL_VIEW_THRESHOLDS_H
#define TCPTRAIL_VIEW_THRESHOLDS_H

#include "count/threshold.h"
#include "view/view.h"

/*
 * Both print results[i] of thresholds[i] and return 0 or -errno of the stream.
 */

/* One line: the thresholds that are met, or how far the values are from all of them. */
int thresholds_text(struct view *view, const struct threshold *thresholds,
                    const struct threshold_result *results, size_t count);
/* One object for each threshold. */
int thresholds_json(struct view *view, const struct threshold *thresholds,
                    const struct threshold_result *results, size_t count);

#endif
