/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command trail: prints the life of the sockets that were asked for. One
 * name may stand for several in the course of time: a process's fd, two addresses.
 */
#ifndef TCPTRAIL_COMMAND_TRAIL_H
#define TCPTRAIL_COMMAND_TRAIL_H

#include "cli/cli.h"
#include "view/view.h"

struct trail;

/* rows, changes: views to print by, which outlive the trail. NULL: no memory. */
struct trail *trail_new(const struct options *options, const struct view *rows,
                        const struct view *changes);
void trail_free(struct trail *trail);

/* The listener of the table: sockets that end, and with --follow each step. */
void trail_change(const struct change *change, void *arg);

/* Prints what is in the table, as it is now. 0 or -errno of the stream. */
int trail_print(struct trail *trail);

/* Sockets met so far; of those, some still in the table? First error of the stream, or 0. */
unsigned int trail_found(const struct trail *trail);
bool trail_living(const struct trail *trail);
int trail_error(const struct trail *trail);

#endif
