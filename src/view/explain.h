/* SPDX-License-Identifier: BSD-2-Clause */
/* The pages of docs/states, which are part of the program. */
#ifndef TCPTRAIL_VIEW_EXPLAIN_H
#define TCPTRAIL_VIEW_EXPLAIN_H

#include <stdint.h>
#include <stdio.h>

/* The page of a state, as Markdown; NULL: there is no such state. */
const char *explain_page(unsigned int state);

/* Writes the page of the one state in `states` (STATE_BITs), or a line for each; 0: for all. */
void explain(FILE *out, uint32_t states);

#endif
