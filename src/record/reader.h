/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a recording, a file or a directory, even while it is being written: the blocks that existed
 * when it was opened. It reads every whole block, and skips damage, counts it and reports it as a
 * loss.
 */
#ifndef TCPTRAIL_RECORD_READER_H
#define TCPTRAIL_RECORD_READER_H

#include "base/diag.h"
#include "fact.h"
#include "record/block.h"
#include "record/dir.h"

struct reader;

/*
 * Reads the headers of all blocks. Takes over dir, which dir_open() has opened. 0, or -errno with
 * diag: nothing can be read.
 */
int reader_begin(struct reader **reader, struct dir *dir, struct diag *diag);
/* The same for a path. */
int reader_open(struct reader **reader, const char *path, struct diag *diag);
void reader_close(struct reader *reader);

struct reader_session {
	uint64_t session;    /* ns since 1970 when it began, its identity */
	int64_t first, last; /* ns since 1970, of its facts */
	uint64_t files;
};

struct reader_summary {
	uint64_t unreadable; /* files that could not be opened and are skipped */
	int64_t first, last; /* ns since 1970, of all facts; 0: there are none */
	uint64_t files, sessions, blocks, checkpoints;
	uint64_t bytes;       /* on disk */
	uint64_t fact_bytes;  /* before they were coded */
	uint64_t facts;       /* without those of checkpoints */
	uint64_t transitions; /* the FACT_STATE among them */
	uint64_t damaged;     /* bytes outside of whole blocks, */
	uint64_t unfinished;  /* and those at the end of the last file: being written, or cut off */
};
void reader_summary(const struct reader *reader, struct reader_summary *summary);
/* The index-th session, oldest first; false: there are no more. */
bool reader_session(const struct reader *reader, size_t index, struct reader_session *session);

/*
 * Seeks the position from which the table at wall (ns since 1970) can be built: the last complete
 * checkpoint or start of a session that is not after it; otherwise the start of the recording.
 */
void reader_seek(struct reader *reader, int64_t wall);

enum reader_next {
	READER_END = 0,
	READER_FACT,    /* *fact is the next one, valid until the next call */
	READER_RESTART, /* another session follows: the caller must reset its table */
};
/* enum reader_next, or -errno with diag. *wall: ns since 1970 of the fact; 0: not known. */
int reader_next(struct reader *reader, const struct fact **fact, int64_t *wall, struct diag *diag);

#endif
