/* SPDX-License-Identifier: BSD-2-Clause */
/* Where facts come from. Every source hands them, in order, to one function. */
#ifndef TCPTRAIL_SOURCE_SOURCE_H
#define TCPTRAIL_SOURCE_SOURCE_H

#include "base/diag.h"
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
