/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts as text, one a line, for golden tests and for reading:
 *
 *   1000000 state sk=ff01 old=ESTABLISHED new=CLOSE_WAIT flags=done,tuple ...
 *
 * Time in ns, then the kind, then key=value in any order; a missing key is 0. "#" starts a comment;
 * empty lines are skipped. fact_text_parse() reads the output of fact_text_print() back to the same
 * bytes.
 */
#ifndef TCPTRAIL_FACT_TEXT_H
#define TCPTRAIL_FACT_TEXT_H

#include <stdio.h>

#include "base/diag.h"
#include "fact.h"

#define FACT_MAX_SIZE 2048 /* no fact is longer */

/* Writes one line. 0 or -errno of the stream. */
int fact_text_print(FILE *out, const struct fact *fact);

/*
 * Reads one line into fact (FACT_MAX_SIZE bytes, aligned to 8). 1: a fact;
 * 0: an empty or comment line; -EINVAL: diag has the reason.
 */
int fact_text_parse(const char *line, struct fact *fact, struct diag *diag);

#endif
