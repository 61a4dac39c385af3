/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes facts to a recording. The caller's thread only copies them. A thread of the writer codes,
 * compresses and writes blocks, and calls fdatasync() once a second. When the disk is full or fails
 * it pauses: it keeps what is written, counts new facts as lost, and continues in a new session
 * when the disk works again.
 */
#ifndef TCPTRAIL_RECORD_WRITER_H
#define TCPTRAIL_RECORD_WRITER_H

#include "fact.h"
#include "record/store.h"

struct writer;

/* 0, or -errno with diag. The first block creates the first file. */
int writer_open(struct writer **writer, const struct store_config *config, struct diag *diag);
/* Starts the thread, with the present privileges of the caller. 0, or -errno with diag. */
int writer_start(struct writer *writer, struct diag *diag);

struct writer_totals {
	uint64_t facts, bytes; /* written */
	uint64_t lost;         /* facts; at most their number was written */
};
/*
 * Writes the remaining facts. totals may be NULL. 0; -errno: the end is lost; -ETIMEDOUT: the disk
 * did not respond for some seconds.
 */
int writer_close(struct writer *writer, struct writer_totals *totals);

/*
 * Copies a whole fact. If there is no room, because the disk is slow, it counts the fact as lost.
 */
void writer_fact(const struct fact *fact, void *writer); /* a fact_fn */

/* Is the oldest fact that was not handed to the thread a second old? */
bool writer_flush_due(const struct writer *writer);
void writer_flush(struct writer *writer);

/*
 * Is a checkpoint due? After many facts, for a new file, or after a loss, when a new session begins
 * with it. The caller writes its facts between begin and end.
 */
bool writer_wants_checkpoint(struct writer *writer);
/* Is there room for a checkpoint, so that it need not wait for the disk? */
bool writer_can_checkpoint(struct writer *writer);
void writer_begin_checkpoint(struct writer *writer);
void writer_end_checkpoint(struct writer *writer);
/* Requests a checkpoint in a new file, as soon as possible. */
void writer_rotate(struct writer *writer);

/*
 * The number of facts lost before the present session and not reported yet. The caller writes it as
 * a FACT_LOSS after the checkpoint of the session.
 */
uint64_t writer_take_lost(struct writer *writer);
/* Has it paused (diag has the reason) or resumed (diag is empty) since the last call? */
bool writer_news(struct writer *writer, struct diag *diag);
/* Has a single file reached max_size? */
bool writer_is_full(struct writer *writer);

#endif
