/* SPDX-License-Identifier: BSD-2-Clause */
#include "session/input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "fact/text.h"

#define LINE_BYTES (32 << 10) /* no fact takes more, though each of its bytes be escaped */
_Static_assert(LINE_BYTES >= 8 * FACT_MAX_SIZE, "the longest fact as text");

struct input {
	struct dir opened;     /* until it is begun */
	struct reader *reader; /* NULL: text */
	const char *path;
	FILE *text;
	char line[LINE_BYTES];
	unsigned long number; /* of the line */
	bool any;             /* a fact was read */
	int64_t wall_offset;  /* 0: not known yet */
	_Alignas(8) char fact[FACT_MAX_SIZE];
};

int input_open(struct input **result, const char *path, struct diag *diag)
{
	struct input *input = calloc(1, sizeof(*input));
	int err;

	if (!input)
		return diag_fail(diag, -ENOMEM, "out of memory");
	input->path = path;
	err = dir_open(&input->opened, path, diag);
	if (err)
		free(input);
	else
		*result = input;
	return err;
}

/* It was opened without waiting for a writer; reads wait. */
static int begin_text(struct input *input)
{
	int fd = fcntl(input->opened.fd, F_DUPFD_CLOEXEC, 0);
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	int flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	dir_free(&input->opened);
	poll(&ready, 1, -1);
	fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
	input->text = fdopen(fd, "r");
	if (input->text)
		return 0;
	close(fd);
	return -ENOMEM;
}

int input_begin(struct input *input, struct diag *diag)
{
	int err;

	if (dir_is_recording(&input->opened))
		return reader_begin(&input->reader, &input->opened, diag);
	err = begin_text(input);
	return err ? diag_fail(diag, err, "cannot read %s: %s", input->path, strerror(-err)) : 0;
}

uint64_t input_unreadable(const struct input *input)
{
	struct reader_summary summary = {.files = 0};

	if (input->reader)
		reader_summary(input->reader, &summary);
	return summary.unreadable;
}

bool input_can_seek(const struct input *input)
{
	const struct dir *opened = &input->opened;

	return !opened->alone || lseek(opened->fd, 0, SEEK_CUR) >= 0;
}

static bool is_file(const struct stat *file, int dir, const char *name)
{
	struct stat other;

	return !fstatat(dir, name, &other, 0) && file->st_dev == other.st_dev &&
	       file->st_ino == other.st_ino;
}

bool input_is(const char *from, const char *path)
{
	struct stat file;
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	if (stat(path, &file) || !S_ISREG(file.st_mode))
		return false;
	if (is_file(&file, AT_FDCWD, from))
		return true;
	dir = opendir(from);
	while (dir && !found && (entry = readdir(dir)))
		found = is_file(&file, dirfd(dir), entry->d_name);
	if (dir)
		closedir(dir);
	return found;
}

void input_close(struct input *input)
{
	if (!input)
		return;
	dir_free(&input->opened);
	reader_close(input->reader);
	if (input->text)
		fclose(input->text);
	free(input);
}

/* The next line, with its end; what is no text may have none for ever. Its size; 0: the end; -errno. */
static int read_line(struct input *input, struct diag *why)
{
	int size = 0, c = 0;

	while (c != '\n' && (c = getc_unlocked(input->text)) != EOF) {
		if (!c)
			return diag_fail(why, -EINVAL, "a NUL byte: expected text");
		if (size == LINE_BYTES - 1)
			return diag_fail(why, -EINVAL, "too long: expected at most %d bytes",
			                 LINE_BYTES - 1);
		input->line[size++] = (char)c;
	}
	input->line[size] = '\0';
	return size;
}

/* 1: a fact; 0: the end; -errno with diag. */
static int next_line(struct input *input, const struct fact **result, int64_t *wall,
                     struct diag *diag)
{
	struct fact *fact = (struct fact *)(void *)input->fact;
	struct diag why;
	int size = 1, got = 0;

	while (!got && size) {
		input->number++;
		size = read_line(input, &why);
		got = size > 0 ? fact_text_parse(input->line, fact, &why) : size;
	}
	if (got < 0 && !input->any)
		return diag_fail(diag, got, "%s: not a recording and not facts (line %lu: %.800s)",
		                 input->path, input->number, why.text);
	if (got < 0)
		return diag_fail(diag, got, "%s: line %lu: %s", input->path, input->number,
		                 why.text);
	if (!got && ferror(input->text))
		return diag_fail(diag, -EIO, "cannot read %s: %s", input->path, strerror(errno));
	if (got && fact->type == FACT_CLOCK)
		input->wall_offset =
			clock_wall_offset(((struct fact_clock *)fact)->wall, fact->time);
	*wall = clock_wall(fact->time, input->wall_offset);
	*result = fact;
	input->any |= got > 0;
	return got;
}

static void rewind_text(struct input *input)
{
	rewind(input->text);
	input->number = 0;
	input->wall_offset = 0;
}

int input_range(struct input *input, int64_t *first, int64_t *last, struct diag *diag)
{
	struct reader_summary summary;
	const struct fact *fact;
	int64_t wall;
	int got;

	*first = *last = 0;
	if (input->reader) {
		reader_summary(input->reader, &summary);
		*first = summary.first;
		*last = summary.last;
		return 0;
	}
	while ((got = next_line(input, &fact, &wall, diag)) > 0) {
		if (wall && !*first)
			*first = wall;
		if (wall > *last)
			*last = wall;
	}
	rewind_text(input);
	return got;
}

void input_seek(struct input *input, int64_t wall)
{
	if (input->reader)
		reader_seek(input->reader, wall);
	else
		rewind_text(input);
}

int input_next(struct input *input, const struct fact **fact, int64_t *wall, struct diag *diag)
{
	if (input->reader)
		return reader_next(input->reader, fact, wall, diag);
	return next_line(input, fact, wall, diag);
}
