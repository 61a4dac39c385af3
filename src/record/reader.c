/* SPDX-License-Identifier: BSD-2-Clause */
#include "record/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "record/reader_private.h"

#define NEXT_AGAIN (READER_RESTART + 1) /* no fact yet: take the loaded block, or the next one */

/* One file at a time: a directory may have more files than a process may open. */
int reader_open_file(struct reader *r, uint32_t file)
{
	if (r->fd >= 0 && r->file == file)
		return 0;
	if (r->fd >= 0)
		close(r->fd);
	r->file = file;
	r->fd = dir_open_file(&r->dir, &r->dir.files[file]);
	return r->fd < 0 ? r->fd : 0;
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
	err = r->facts ? reader_scan(r) : -ENOMEM;
	if (err)
		diag_fail(diag, err, "cannot read %s: %s", path, strerror(-err));
	else if (!r->count)
		err = diag_fail(diag, -ENODATA, "%s: the recording is empty", path);
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
			session->first = entry_wall(&at->info, at->info.first);
		session->last = entry_wall(&at->info, at->info.last);
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
		    entry_wall(&entry->info, entry->info.first) <= wall)
			break;
	}
	r->at = at;
	r->size = r->used = 0;
	r->session = 0;
	r->gap = false;
}

/* 0; -EBADMSG: the block is damaged; -ENOENT: the file was deleted. */
static int load(struct reader *r, const struct entry *entry)
{
	char *payload = realloc(r->payload, entry->info.stored + 1);
	int err = payload ? reader_open_file(r, entry->file) : -ENOMEM;
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

/* A loss of unknown size between the facts so far and the next ones. */
static const struct fact *make_loss(struct reader *r, uint64_t time)
{
	r->loss = (struct fact_loss){
		.h = {.type = FACT_LOSS, .len = sizeof(r->loss), .time = time},
		.where = LOSS_OUTPUT,
	};
	return &r->loss.h;
}

/* Loads the facts of the next block. enum reader_next, NEXT_AGAIN, or -errno. */
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
	*wall = entry_wall(&entry->info, entry->info.first);
	return READER_FACT;
}

int reader_next(struct reader *r, const struct fact **fact, int64_t *wall, struct diag *diag)
{
	while (r->used >= r->size) {
		int got = r->at < r->count ? next_block(r, fact, wall) : READER_END;

		if (got < 0)
			return diag_fail(diag, got, "cannot read %s: %s", r->dir.path,
			                 strerror(-got));
		if (got != NEXT_AGAIN)
			return got;
	}
	*fact = (const struct fact *)(const void *)(r->facts + r->used);
	r->used += (*fact)->len;
	*wall = entry_wall(&r->entries[r->at - 1].info, (*fact)->time);
	return READER_FACT;
}
