/* SPDX-License-Identifier: BSD-2-Clause */
#include "record/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "fact/text.h"
#include "record/dir.h"

#define SEARCH     (64 << 10)           /* bytes at a time, for the next block after damage */
#define NEXT_AGAIN (READER_RESTART + 1) /* no fact yet: take the block at hand, or the next */

/* One block. */
struct entry {
	struct block_info info;
	uint64_t offset; /* of its header */
	uint64_t session;
	uint32_t file;
	bool starts; /* the table can be made from here on */
	bool gap;    /* something is missing before it */
};

struct reader {
	struct dir dir;
	int fd; /* of the file that was read last; -1: none */
	uint32_t file;
	struct entry *entries;
	size_t count;
	struct reader_summary summary;

	/* Where reader_next is. */
	size_t at;        /* entry that comes next */
	uint64_t session; /* of the facts so far; 0: there are none */
	bool gap;         /* the block before could not be read */
	char *facts;      /* of the entry before `at` */
	char *payload;
	size_t size, used; /* bytes of facts */
	struct fact_loss loss;
};

/* --- the index -------------------------------------------------------------------------------- */

/* Reading one file's headers, one after the other. */
struct scan {
	struct reader *reader;
	uint32_t file;
	uint64_t size, at;
	uint64_t session;
	bool begins;       /* a session, with the next block */
	bool gap;          /* damage since the last block */
	size_t checkpoint; /* entry that one begins with; SIZE_MAX: in none */
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

/* A checkpoint is one only if it is whole. */
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

/* ns since 1970 of a boot time; 0: not known. */
static int64_t wall_of(const struct block_info *info, uint64_t time)
{
	return clock_wall(time, info->wall_offset);
}

static void sum_up(struct reader_summary *summary, const struct block_info *info)
{
	int64_t first = wall_of(info, info->first), last = wall_of(info, info->last);

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
		scan->gap = false; /* what is missing is of another session */
	}
	scan->checkpoint = SIZE_MAX;
	scan->at += FILE_HEADER;
}

/* What is at scan->at: 1 a whole header, taken; 0 none; -errno. */
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

/* The next place, from `at` on, where a header is; the end of the file if there is none. */
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

/* One at a time: a directory may have more files than we may open. */
static int open_file(struct reader *r, uint32_t file)
{
	if (r->fd >= 0 && r->file == file)
		return 0;
	if (r->fd >= 0)
		close(r->fd);
	r->file = file;
	r->fd = dir_open_file(&r->dir, &r->dir.files[file]);
	return r->fd < 0 ? r->fd : 0;
}

static int scan_files(struct reader *r)
{
	struct scan scan = {.reader = r, .checkpoint = SIZE_MAX};
	uint64_t sequence = 0;
	int err = 0;

	for (size_t i = 0; i < r->dir.count && !err; i++) {
		const struct dir_file *file = &r->dir.files[i];

		/* Cut off in mid-block and followed by another file: that is damage after all. */
		r->summary.damaged += r->summary.unfinished;
		r->summary.unfinished = 0;
		err = open_file(r, (uint32_t)i);
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

int reader_begin(struct reader **result, struct dir *dir, struct diag *diag)
{
	struct reader *r = calloc(1, sizeof(*r));
	const char *path;
	int err;

	if (!r) {
		dir_free(dir);
		return diag_fail(diag, -ENOMEM, "out of memory");
	}
	err = dir_read(dir, diag);
	if (err) {
		free(r);
		return err;
	}
	r->dir = *dir;
	*dir = (struct dir){.fd = -1};
	path = r->dir.path;
	r->fd = -1;
	r->facts = malloc(BLOCK_RAW_MAX);
	err = r->facts ? scan_files(r) : -ENOMEM;
	if (err)
		diag_fail(diag, err, "cannot read %s: %s", path, strerror(-err));
	else if (!r->count)
		err = diag_fail(diag, -ENODATA, "%s: there is nothing recorded in it", path);
	if (err)
		reader_close(r);
	else
		*result = r;
	return err;
}

int reader_open(struct reader **result, const char *path, struct diag *diag)
{
	struct dir dir;
	int err = dir_open(&dir, path, diag);

	return err ? err : reader_begin(result, &dir, diag);
}

void reader_close(struct reader *r)
{
	if (!r)
		return;
	if (r->fd >= 0)
		close(r->fd);
	free(r->entries);
	free(r->facts);
	free(r->payload);
	dir_free(&r->dir);
	free(r);
}

void reader_summary(const struct reader *r, struct reader_summary *summary)
{
	*summary = r->summary;
	summary->unreadable = r->dir.unreadable;
}

bool reader_session(const struct reader *r, size_t index, struct reader_session *session)
{
	const struct entry *end = r->entries + r->count, *at;
	size_t number = 0;

	*session = (struct reader_session){0};
	for (at = r->entries; at < end; at++) {
		if (at > r->entries && at->session != at[-1].session)
			number++;
		if (number != index)
			continue;
		session->files += !session->session || at->file != at[-1].file;
		session->session = at->session;
		if (!at->info.wall_offset)
			continue;
		if (!session->first)
			session->first = wall_of(&at->info, at->info.first);
		session->last = wall_of(&at->info, at->info.last);
	}
	return session->session;
}

/* --- reading ---------------------------------------------------------------------------------- */

void reader_seek(struct reader *r, int64_t wall)
{
	size_t at = r->count;

	while (at > 0) {
		const struct entry *entry = &r->entries[--at];

		if (entry->starts && entry->info.wall_offset &&
		    wall_of(&entry->info, entry->info.first) <= wall)
			break;
	}
	r->at = at;
	r->size = r->used = 0;
	r->session = 0;
	r->gap = false;
}

/* 0; -EBADMSG: the block is damaged; -ENOENT: it has been deleted since. */
static int load(struct reader *r, const struct entry *entry)
{
	char *payload = realloc(r->payload, entry->info.stored + 1);
	int err = payload ? open_file(r, entry->file) : -ENOMEM;
	ssize_t got;

	if (payload)
		r->payload = payload;
	if (err)
		return err;
	got = pread(r->fd, payload, entry->info.stored, (off_t)(entry->offset + BLOCK_HEADER));
	if (got < 0)
		return -errno;
	if ((uint64_t)got != entry->info.stored)
		return -EBADMSG;
	return block_open(&entry->info, payload, r->facts);
}

/* Something is missing between what was read and what comes. */
static const struct fact *make_loss(struct reader *r, uint64_t time)
{
	r->loss = (struct fact_loss){
		.h = {.type = FACT_LOSS, .len = sizeof(r->loss), .time = time},
		.where = LOSS_OUTPUT,
	};
	return &r->loss.h;
}

/* The next block's facts become those at hand. enum reader_next, NEXT_AGAIN, or -errno. */
static int next_block(struct reader *r, const struct fact **fact, int64_t *wall)
{
	const struct entry *entry = &r->entries[r->at];
	bool lost;
	int err;

	if (r->session && r->session != entry->session) {
		r->session = entry->session;
		r->gap = false;
		return READER_RESTART;
	}
	err = load(r, entry);
	r->at++;
	if (err == -EBADMSG || err == -ENOENT) {
		r->summary.damaged += BLOCK_HEADER + entry->info.stored;
		r->gap = true;
		return NEXT_AGAIN;
	}
	if (err)
		return err;
	lost = r->session && (r->gap || entry->gap);
	r->session = entry->session;
	r->gap = false;
	r->size = entry->info.raw;
	r->used = 0;
	if (!lost)
		return NEXT_AGAIN;
	*fact = make_loss(r, entry->info.first);
	*wall = wall_of(&entry->info, entry->info.first);
	return READER_FACT;
}

int reader_next(struct reader *r, const struct fact **fact, int64_t *wall, struct diag *diag)
{
	while (r->used >= r->size) {
		int got = r->at < r->count ? next_block(r, fact, wall) : READER_END;

		if (got < 0)
			return diag_fail(diag, got, "%s cannot be read: %s", r->dir.path,
			                 strerror(-got));
		if (got != NEXT_AGAIN)
			return got;
	}
	*fact = (const struct fact *)(const void *)(r->facts + r->used);
	r->used += (*fact)->len;
	*wall = wall_of(&r->entries[r->at - 1].info, (*fact)->time);
	return READER_FACT;
}
