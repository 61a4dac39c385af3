/* SPDX-License-Identifier: BSD-2-Clause */
/* What text and JSON of findings have in common. */
#ifndef TCPTRAIL_VIEW_FINDINGS_PRIVATE_H
#define TCPTRAIL_VIEW_FINDINGS_PRIVATE_H

#include "base/format.h"
#include "view/findings.h"

#define FINDING_LINE_ROOM 640

/* Name of the process, NUL-terminated, even if it has exited; false: it is not known which. */
bool finding_comm(const struct view *view, const struct finding *finding,
                  char comm[FACT_COMM_LEN + 1]);
/* Takes the next line off the text; false: there is none. */
bool finding_take_line(const char **text, size_t *left, char line[FINDING_LINE_ROOM]);
/* Next steps; what a recording cannot do is done with it. */
void finding_next_lines(const struct view *view, const struct finding *finding,
                        struct buffer *next);
/* When it was judged: "2026-11-24T03:12:00.123456Z". false: before any FACT_CLOCK. */
bool finding_time_text(const struct view *view, char time[FORMAT_SIZE]);

#endif
