/* SPDX-License-Identifier: BSD-2-Clause */
/* What text, JSON and piles of findings share. */
#ifndef TCPTRAIL_VIEW_FINDINGS_PRIVATE_H
#define TCPTRAIL_VIEW_FINDINGS_PRIVATE_H

#include "base/format.h"
#include "view/findings.h"

#define FINDING_LINE_ROOM 640

/* "BAD", "OK"; "WAITS" if the process of another finding must act first. */
const char *finding_word(const struct finding *finding);

/*
 * Name of the process, NUL-terminated, "" if it is not known. Returns whether the pid is known:
 * of a process that has exited only the name may be known.
 */
bool finding_comm(const struct view *view, const struct finding *finding,
                  char comm[FACT_COMM_LEN + 1]);
/* Adds "4242/java" or "curl (exited)"; nothing if no process is known. */
void finding_add_process(struct buffer *line, const struct view *view,
                         const struct finding *finding);
/* Adds the first line. */
void finding_add_headline(struct buffer *line, const struct view *view,
                          const struct finding *finding);

/* Does the text show this finding? all: -v */
bool finding_is_shown(const struct finding *finding, bool all, const struct findings_scope *scope);
/* Prints the last line. piles: how many lines of piles were printed. 0 or -errno of the stream. */
int findings_print_summary(struct view *view, const struct finding *findings, size_t count,
                           bool all, const struct findings_scope *scope, size_t piles, bool dated);

/* Takes the next line off the text. false: no line is left. */
bool finding_take_line(const char **text, size_t *left, char line[FINDING_LINE_ROOM]);
/* Adds the next steps. About a recording, their commands read the recording (view/next.h). */
void finding_next_lines(const struct view *view, const struct finding *finding,
                        struct buffer *next);
/* Time of the report: "2026-11-24T03:12:00.123456Z". false: the table does not know the clock. */
bool finding_time_text(const struct view *view, char time[FORMAT_SIZE]);

#endif
