/* SPDX-License-Identifier: BSD-2-Clause */
/* The command record: a view that writes the stream of facts. */
#ifndef TCPTRAIL_COMMAND_RECORD_H
#define TCPTRAIL_COMMAND_RECORD_H

#include "cli/cli.h"
#include "feed/feed.h"

struct recorder;

/* 0, or -errno with diag: nothing can be written there. */
int recorder_open(struct recorder **recorder, const struct options *options, struct table *table,
                  struct diag *diag);
/* Writes what there is and says how much that was. Is all of it kept? */
bool recorder_close(struct recorder *recorder);

/* Takes one fact, which the table has: a fact_fn. */
void recorder_fact(const struct fact *fact, void *recorder);
/*
 * What the recording says of itself. Before the first walk, with the privileges that are kept. 0, or
 * -errno with diag: they do not do to write there.
 */
int recorder_begin(struct recorder *recorder, struct feed *feed, struct diag *diag);
/* Once a turn of the loop. 0: go on; 1: it is full; -errno. */
int recorder_turn(struct recorder *recorder, struct feed *feed);
/* Another file begins soon. */
void recorder_rotate(struct recorder *recorder);

#endif
