/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside the reader: reader_index.c reads all headers, reader.c the facts. */
#ifndef TCPTRAIL_RECORD_READER_PRIVATE_H
#define TCPTRAIL_RECORD_READER_PRIVATE_H

#include "base/clock.h"
#include "record/reader.h"

/* One block. */
struct entry {
	struct block_info info;
	uint64_t offset; /* of its header */
	uint64_t session;
	uint32_t file;
	bool starts; /* a table can be built from here on */
	bool gap;    /* something is missing before it */
};

struct reader {
	struct dir dir;
	int fd; /* of the file that is open; -1: none */
	uint32_t file;
	struct entry *entries;
	size_t count;
	struct reader_summary summary;

	/* The position of reader_next(). */
	size_t at;        /* the next entry */
	uint64_t session; /* of the facts so far; 0: none yet */
	bool gap;         /* the block before could not be read */
	char *facts;      /* of the entry before `at` */
	char *payload;
	size_t size, used; /* bytes of facts */
	struct fact_loss loss;
};

/* ns since 1970 of a boot time in a block; 0: not known. */
static inline int64_t entry_wall(const struct block_info *info, uint64_t time)
{
	return clock_wall(time, info->wall_offset);
}

/* Opens a file of r->dir as r->fd. 0 or -errno. */
int reader_open_file(struct reader *r, uint32_t file);
/* Fills r->entries and r->summary from all files. 0 or -errno. */
int reader_scan(struct reader *r);

#endif
