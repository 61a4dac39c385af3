/* SPDX-License-Identifier: BSD-2-Clause */
/* Lookups that the table waits for. The answer to a lookup is a fact. */
#ifndef TCPTRAIL_TABLE_PENDING_H
#define TCPTRAIL_TABLE_PENDING_H

#include <stdint.h>

#include "fact.h"

enum question_kind {
	ASK_MINI = 1, /* does this mini-socket exist? -> FACT_SEEN (SAMPLE_POINT) or FACT_GONE */
	ASK_PORT,     /* which local port did sk get? -> FACT_SEEN (SAMPLE_POINT) */
	ASK_TASK,     /* what is this process? -> FACT_PROCESS, NAME_TASK; or FACT_EXIT */
	ASK_STACK,    /* the stack was forgotten: report it when it is seen again -> FACT_STACK */
	ASK_FIN,      /* is this mini-socket still in FIN_WAIT2? -> as ASK_MINI */
	ASK_END,      /* does the socket at sk still exist? -> as ASK_MINI */
};
#define QUESTION_BIT(kind) (1U << (kind))

struct question {
	enum question_kind kind;
	uint32_t pid;   /* ASK_TASK, with start */
	uint64_t start; /* 0: not known */
	uint64_t stack; /* ASK_STACK: its id */
	uint64_t sk, cookie;
	struct fact_sample s; /* family, netns, tuple, cookie, state */
};

#endif
