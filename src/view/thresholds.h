/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether thresholds are met, for a monitoring system and for programs. */
#ifndef TCPTRAIL_VIEW_THRESHOLDS_H
#define TCPTRAIL_VIEW_THRESHOLDS_H

#include "count/threshold.h"
#include "view/view.h"

/*
 * One line of all: what is met, or how far from it we are. results: one of each of
 * the thresholds. 0 or -errno of the stream.
 */
int thresholds_text(struct view *view, const struct threshold *thresholds,
                    const struct threshold_result *results, size_t count);
/* One object a threshold. */
int thresholds_json(struct view *view, const struct threshold *thresholds,
                    const struct threshold_result *results, size_t count);

#endif
