/* SPDX-License-Identifier: BSD-2-Clause */
/* Lookups that the table waits for. The answer to a lookup is a fact. */
#ifndef TCPTRAIL_TABLE_PENDING_H
#define TCPTRAIL_TABLE_PENDING_H

#include <stdint.h>

#include "fact.h"

enum lookup_kind {
	LOOKUP_MINI = 1, /* does this mini-socket exist? -> FACT_SEEN (SAMPLE_POINT) or FACT_GONE */
	LOOKUP_PORT,     /* which local port did sk get? -> FACT_SEEN (SAMPLE_POINT) */
	LOOKUP_TASK,     /* what is this process? -> FACT_PROCESS, NAME_TASK; or FACT_EXIT */
	LOOKUP_STACK, /* the stack was forgotten: report it when it is seen again -> FACT_STACK */
	LOOKUP_FIN,   /* is this mini-socket still in FIN_WAIT2? -> as LOOKUP_MINI */
	LOOKUP_END,   /* does the socket at sk still exist? -> as LOOKUP_MINI */
};
#define LOOKUP_BIT(kind) (1U << (kind))

struct lookup {
	enum lookup_kind kind;
	uint32_t pid;   /* LOOKUP_TASK, with start */
	uint64_t start; /* 0: not known */
	uint64_t stack; /* LOOKUP_STACK: its id */
	uint64_t sk, cookie;
	struct fact_sample s; /* family, netns, tuple, cookie, state */
};

#endif
