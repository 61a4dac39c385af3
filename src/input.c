/* SPDX-License-Identifier: BSD-2-Clause */
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fact/text.h"

struct input {
	struct reader *reader; /* NULL: text */
	const char *path;
	FILE *text;
	char *line;
	size_t room;
	unsigned long number; /* of the line */
	int64_t wall_offset;  /* 0: not known yet */
	_Alignas(8) char fact[FACT_MAX_SIZE];
};

int input_open(struct input **result, const char *path, struct diag *diag)
{
	struct input *input = calloc(1, sizeof(*input));
	int err = 0;

	if (!input)
		return diag_fail(diag, -ENOMEM, "out of memory");
	input->path = path;
	if (reader_is_recording(path)) {
		err = reader_open(&input->reader, path, diag);
	} else {
		input->text = fopen(path, "re");
		if (!input->text)
			err = diag_fail(diag, -errno, "cannot read %s: %s", path, strerror(errno));
	}
	if (err)
		input_close(input);
	else
		*result = input;
	return err;
}

void input_close(struct input *input)
{
	if (!input)
		return;
	reader_close(input->reader);
	if (input->text)
		fclose(input->text);
	free(input->line);
	free(input);
}

/* 1: a fact; 0: the end; -errno with diag. */
static int next_line(struct input *input, const struct fact **result, int64_t *wall,
                     struct diag *diag)
{
	struct fact *fact = (struct fact *)(void *)input->fact;
	struct diag why;
	int got = 0;

	while (!got && getline(&input->line, &input->room, input->text) >= 0) {
		input->number++;
		got = fact_text_parse(input->line, fact, &why);
	}
	if (got < 0)
		return diag_fail(diag, got, "%s line %lu: %s", input->path, input->number,
		                 why.text);
	if (!got && ferror(input->text))
		return diag_fail(diag, -EIO, "cannot read %s: %s", input->path, strerror(errno));
	if (got && fact->type == FACT_CLOCK)
		input->wall_offset =
			clock_wall_offset(((struct fact_clock *)fact)->wall, fact->time);
	*wall = clock_wall(fact->time, input->wall_offset);
	*result = fact;
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
