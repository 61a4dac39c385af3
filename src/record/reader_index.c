/* SPDX-License-Identifier: BSD-2-Clause */
/* The index of a recording: the header of every block, damage skipped. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "record/reader_private.h"

#define SEARCH (64 << 10) /* bytes read at a time to find the next block after damage */

/* Reads the headers of one file after the other. */
struct scan {
	struct reader *reader;
	uint32_t file;
	uint64_t size, at;
	uint64_t session;
	bool begins;       /* a session, with the next block */
	bool gap;          /* damage since the last block */
	size_t checkpoint; /* entry that it begins with; SIZE_MAX: not in a checkpoint */
};

static int add_entry(struct scan *scan, const struct block_info *info)
{
	struct reader *r = scan->reader;
	struct entry *entry;

	entry = array_add(r->entries, r->count, sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	r->entries = entry;
	entry += r->count++;
	*entry = (struct entry){.info = *info,
	                        .offset = scan->at,
	                        .session = scan->session,
	                        .file = scan->file,
	                        .starts = scan->begins,
	                        .gap = scan->gap};
	return 0;
}

/* Only a whole checkpoint counts. */
static void follow_checkpoint(struct scan *scan, enum block_kind kind)
{
	struct reader *r = scan->reader;

	if (kind == BLOCK_FACTS || scan->gap)
		scan->checkpoint = SIZE_MAX;
	if (kind == BLOCK_FACTS)
		return;
	if (scan->checkpoint == SIZE_MAX)
		scan->checkpoint = r->count - 1;
	if (kind != BLOCK_CHECKPOINT_END)
		return;
	r->entries[scan->checkpoint].starts = true;
	r->summary.checkpoints++;
	scan->checkpoint = SIZE_MAX;
}

static void sum_up(struct reader_summary *summary, const struct block_info *info)
{
	int64_t first = entry_wall(info, info->first), last = entry_wall(info, info->last);

	summary->blocks++;
	if (info->kind != BLOCK_FACTS)
		return;
	summary->fact_bytes += info->raw;
	summary->facts += info->facts;
	summary->transitions += info->transitions;
	if (!info->wall_offset)
		return;
	if (!summary->first || first < summary->first)
		summary->first = first;
	if (last > summary->last)
		summary->last = last;
}

static int take_block(struct scan *scan, const struct block_info *info)
{
	int err = 0;

	if (info->kind >= BLOCK_FACTS && info->kind <= BLOCK_CHECKPOINT_END) {
		err = add_entry(scan, info);
		if (err)
			return err;
		follow_checkpoint(scan, info->kind);
		sum_up(&scan->reader->summary, info);
		scan->begins = scan->gap = false;
	}
	scan->at += BLOCK_HEADER + info->stored;
	return 0;
}

static void take_header(struct scan *scan, const struct file_info *info)
{
	if (info->session != scan->session) {
		scan->session = info->session;
		scan->reader->summary.sessions++;
		scan->begins = info->sequence == 0;
		scan->gap = false; /* the gap belongs to the session before */
	}
	scan->checkpoint = SIZE_MAX;
	scan->at += FILE_HEADER;
}

/* Takes the header at scan->at. 1: taken; 0: there is no whole header; -errno. */
static int take_next(struct scan *scan, const uint8_t *header)
{
	struct block_info block;
	struct file_info file;
	int err;

	if (!file_parse(header, &file)) {
		take_header(scan, &file);
		return 1;
	}
	if (block_parse(header, &block) || block.stored > scan->size - scan->at - BLOCK_HEADER)
		return 0;
	err = take_block(scan, &block);
	return err ? err : 1;
}

/* The next position, from `at` on, that has a header; the end of the file if there is none. */
static uint64_t search(int fd, uint64_t at, uint64_t size)
{
	uint8_t *bytes = malloc(SEARCH + BLOCK_HEADER);
	struct block_info block;
	struct file_info file;

	for (; bytes && at + BLOCK_HEADER <= size; at += SEARCH) {
		ssize_t got = pread(fd, bytes, SEARCH + BLOCK_HEADER, (off_t)at);

		if (got < BLOCK_HEADER)
			break;
		for (ssize_t i = 0; i + BLOCK_HEADER <= got && i < SEARCH; i++) {
			if (block_parse(bytes + i, &block) && file_parse(bytes + i, &file))
				continue;
			free(bytes);
			return at + (uint64_t)i;
		}
	}
	free(bytes);
	return size;
}

static int scan_file(struct scan *scan, int fd)
{
	struct reader_summary *summary = &scan->reader->summary;
	uint8_t header[BLOCK_HEADER];

	scan->at = 0;
	while (scan->at < scan->size) {
		bool whole = pread(fd, header, sizeof(header), (off_t)scan->at) == sizeof(header);
		int got = whole ? take_next(scan, header) : 0;
		uint64_t next;

		if (got < 0)
			return got;
		if (got)
			continue;
		next = search(fd, scan->at + 1, scan->size);
		if (next == scan->size)
			summary->unfinished += next - scan->at;
		else
			summary->damaged += next - scan->at;
		scan->at = next;
		scan->gap = true;
	}
	return 0;
}

int reader_scan(struct reader *r)
{
	struct scan scan = {.reader = r, .checkpoint = SIZE_MAX};
	uint64_t sequence = 0;
	int err = 0;

	for (size_t i = 0; i < r->dir.count && !err; i++) {
		const struct dir_file *file = &r->dir.files[i];

		/* A file cut off in a block, but followed by another file, is damaged. */
		r->summary.damaged += r->summary.unfinished;
		r->summary.unfinished = 0;
		err = reader_open_file(r, (uint32_t)i);
		if (err == -ENOENT) {
			err = 0; /* deleted since it was listed */
			continue;
		}
		if (err)
			return err;
		if (file->info.session == scan.session && file->info.sequence != sequence + 1)
			scan.gap = true;
		sequence = file->info.sequence;
		scan.file = (uint32_t)i;
		scan.size = file->size;
		r->summary.files++;
		r->summary.bytes += file->size;
		err = scan_file(&scan, r->fd);
	}
	return err;
}
