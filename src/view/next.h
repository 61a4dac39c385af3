/* SPDX-License-Identifier: BSD-2-Clause */
/* What to do next, as rules say it; about a recording its commands look at that one. */
#ifndef TCPTRAIL_VIEW_NEXT_H
#define TCPTRAIL_VIEW_NEXT_H

#include "base/buffer.h"

struct next_source {
	const char *from; /* FILE or DIR; NULL: the live kernel */
	const char *time; /* the instant that was asked for, as --at takes it; NULL: none was */
};

/*
 * Lines of text, with --from and the instant in each command that we are called by: "see tcptrail
 * events --pid 7" is "see tcptrail events --from night --pid 7". What is for another host stays.
 */
void next_lines(struct buffer *out, const struct buffer *text, const struct next_source *source);

#endif
