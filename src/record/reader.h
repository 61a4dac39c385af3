/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a recording, a file or a directory, while it is being written or after: the
 * blocks there were when it was opened. What is damaged is skipped, counted, and told
 * as a loss; every whole block is read.
 */
#ifndef TCPTRAIL_RECORD_READER_H
#define TCPTRAIL_RECORD_READER_H

#include "base/diag.h"
#include "fact.h"
#include "record/block.h"
#include "record/dir.h"

struct reader;

/*
 * Reads the headers of all blocks of what dir_open() has opened, which it takes over. 0, or
 * -errno with diag: nothing there can be read.
 */
int reader_begin(struct reader **reader, struct dir *dir, struct diag *diag);
/* The same of what is at path. */
int reader_open(struct reader **reader, const char *path, struct diag *diag);
void reader_close(struct reader *reader);

struct reader_session {
	uint64_t session;    /* ns since 1970: its name */
	int64_t first, last; /* ns since 1970, of its facts */
	uint64_t files;
};

struct reader_summary {
	uint64_t unreadable; /* files that could not be opened, and are left out */
	int64_t first, last; /* ns since 1970, of all facts; 0: there are none */
	uint64_t files, sessions, blocks, checkpoints;
	uint64_t bytes;       /* on disk */
	uint64_t fact_bytes;  /* before they were coded */
	uint64_t facts;       /* those of checkpoints left out */
	uint64_t transitions; /* FACT_STATE, likewise */
	uint64_t damaged;     /* bytes that are in no whole block, */
	uint64_t unfinished;  /* but for those at the very end: being written, or cut off */
};
void reader_summary(const struct reader *reader, struct reader_summary *summary);
/* The index-th session, oldest first; false: there are no more. */
bool reader_session(const struct reader *reader, size_t index, struct reader_session *session);

/*
 * Goes to where the table at wall (ns since 1970) can be made from: the last complete
 * checkpoint, or beginning of a session, that is not after it; the very beginning, if all are.
 */
void reader_seek(struct reader *reader, int64_t wall);

enum reader_next {
	READER_END = 0,
	READER_FACT,    /* *fact is the next one, valid until the next call */
	READER_RESTART, /* what follows is of another session: the table is to begin anew */
};
/* enum reader_next, or -errno with diag. *wall: ns since 1970 of the fact; 0: not known. */
int reader_next(struct reader *reader, const struct fact **fact, int64_t *wall, struct diag *diag);

#endif
