/* SPDX-License-Identifier: BSD-2-Clause */
/* Next steps of a finding. For a recording, their commands get options that read it. */
#ifndef TCPTRAIL_VIEW_NEXT_H
#define TCPTRAIL_VIEW_NEXT_H

#include "base/buffer.h"

struct next_source {
	const char *from; /* FILE or DIR; NULL: the live kernel */
	const char *time; /* the time that the user chose, as --at takes it; NULL: none */
};

/*
 * Adds the lines of text, with --from and the time in each command of tcptrail: "see tcptrail
 * events --pid 7" becomes "see tcptrail events --from night --pid 7". A line about another host
 * stays.
 */
void next_lines(struct buffer *out, const struct buffer *text, const struct next_source *source);

#endif
