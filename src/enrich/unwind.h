/* SPDX-License-Identifier: BSD-2-Clause */
/* Walks the frames of a stack dump by call frame information, else by frame pointers. */
#ifndef TCPTRAIL_ENRICH_UNWIND_H
#define TCPTRAIL_ENRICH_UNWIND_H

#include "enrich/image.h"
#include "fact.h"

struct unwound {
	uint64_t ips[FACT_STACK_MAX]; /* innermost first; at least one */
	/* This instruction is executing; otherwise a call returns to it. */
	bool exact[FACT_STACK_MAX];
	uint32_t count;
	bool unmapped; /* it ends at an address without mapped code */
};

/* image NULL: the process is gone, only the innermost frame is known. */
void unwind(struct image *image, const struct stack_dump *dump, struct unwound *unwound);

#endif
