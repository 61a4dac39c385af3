/* SPDX-License-Identifier: BSD-2-Clause */
/* The command why: counts who comes and goes for a while, then lets the rules judge. */
#ifndef TCPTRAIL_COMMAND_WHY_H
#define TCPTRAIL_COMMAND_WHY_H

#include "cli/cli.h"
#include "view/view.h"

struct why_command;

/* view: to print by; outlives it. NULL: no memory. */
struct why_command *why_new(const struct options *options, const struct view *view);
void why_free(struct why_command *why);

/* The listener of the table while it is watched. */
void why_change(const struct change *change, void *why);

/*
 * Rows that a finding is about, one a group: whoever has them is worth a look. Calls
 * fn for each. 0 or -ENOMEM.
 */
int why_examples(struct why_command *why, void (*fn)(const struct row *row, void *arg), void *arg);

/*
 * Judges by what can be seen without watching, and writes a line for each finding that
 * is bad or may become so. 0 or -errno.
 */
int why_headlines(struct why_command *why, FILE *out);

/* Judges and prints. 0 or -errno. */
int why_print(struct why_command *why);

#endif
