/* SPDX-License-Identifier: BSD-2-Clause */
/* A receiver of facts, one by one and in order. */
#ifndef TCPTRAIL_FACT_SINK_H
#define TCPTRAIL_FACT_SINK_H

#include "fact.h"

/* fact is valid only during the call. */
typedef void fact_fn(const struct fact *fact, void *arg);

struct fact_sink {
	fact_fn *fn;
	void *arg;
};

static inline void fact_emit(const struct fact_sink *sink, const struct fact *fact)
{
	sink->fn(fact, sink->arg);
}

#endif
