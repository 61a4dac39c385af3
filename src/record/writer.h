/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes facts to a recording. The caller's thread only copies them; one of the
 * writer's own codes, compresses and writes blocks, and makes them last (fdatasync)
 * once a second. A disk that is full or fails makes it pause: what is there stays,
 * what comes is counted as lost, and it goes on in a new session when it can.
 */
#ifndef TCPTRAIL_RECORD_WRITER_H
#define TCPTRAIL_RECORD_WRITER_H

#include "fact.h"
#include "record/store.h"

struct writer;

/* 0, or -errno with diag. The recording's first file comes with the first block. */
int writer_open(struct writer **writer, const struct store_config *config, struct diag *diag);
/* Starts its thread, which has the privileges that the caller's has now. 0, or -errno with diag. */
int writer_start(struct writer *writer, struct diag *diag);

struct writer_totals {
	uint64_t facts, bytes; /* written */
	uint64_t lost;         /* facts, of which nothing is written but their number, at most */
};
/*
 * Writes what there is. totals may be NULL. 0, or -errno: the end is lost; -ETIMEDOUT: the disk has
 * taken nothing for some seconds, and is not waited for any longer.
 */
int writer_close(struct writer *writer, struct writer_totals *totals);

/* Copies a whole fact. Without room, because the disk is slow, it is counted as lost. */
void writer_fact(const struct fact *fact, void *writer); /* a fact_fn */

/* Is the oldest of what was copied a second old, and is to be handed over? */
bool writer_flush_due(const struct writer *writer);
void writer_flush(struct writer *writer);

/*
 * A checkpoint is due: for its age, for a new file, or because facts were lost: then a
 * new session begins with it. Its facts come between begin and end.
 */
bool writer_wants_checkpoint(struct writer *writer);
/* Is there room for one, so that it need not wait for the disk? None is wanted before there is. */
bool writer_can_checkpoint(struct writer *writer);
void writer_begin_checkpoint(struct writer *writer);
void writer_end_checkpoint(struct writer *writer);
/* Wants one as soon as can be, in a new file. */
void writer_rotate(struct writer *writer);

/*
 * Facts lost since the last call, before the session that is being written. To be told in it,
 * after its checkpoint, as a FACT_LOSS.
 */
uint64_t writer_take_lost(struct writer *writer);
/* Has it paused (diag says why) or gone on (diag is empty) since the last call? */
bool writer_news(struct writer *writer, struct diag *diag);
/* Has a single file reached max_size? */
bool writer_is_full(struct writer *writer);

#endif
