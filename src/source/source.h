/* SPDX-License-Identifier: BSD-2-Clause */
/* Every source hands its facts, in order, to one function, a struct fact_sink. */
#ifndef TCPTRAIL_SOURCE_SOURCE_H
#define TCPTRAIL_SOURCE_SOURCE_H

#include "base/clock.h"
#include "base/diag.h"
#include "fact/sink.h"

/* Emits FACT_WALK_BEGIN or FACT_WALK_END with the current time. */
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
