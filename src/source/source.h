/* SPDX-License-Identifier: BSD-2-Clause */
/* Where facts come from. Every source hands them, in order, to one function. */
#ifndef TCPTRAIL_SOURCE_SOURCE_H
#define TCPTRAIL_SOURCE_SOURCE_H

#include "base/clock.h"
#include "base/diag.h"
#include "fact/sink.h"

/* FACT_WALK_BEGIN or FACT_WALK_END, now. */
static inline void fact_emit_walk(const struct fact_sink *sink, enum fact_type type,
                                  enum fact_walk_kind kind, uint32_t netns)
{
	struct fact_walk walk = {
		.h = {.type = type, .len = sizeof(walk), .time = clock_boot()},
		.kind = kind,
		.netns = netns,
	};

	fact_emit(sink, &walk.h);
}

#endif
