/* SPDX-License-Identifier: BSD-2-Clause */
/* What --from names: a recording, or facts as text. */
#ifndef TCPTRAIL_SESSION_INPUT_H
#define TCPTRAIL_SESSION_INPUT_H

#include <stdbool.h>

#include "record/reader.h"

struct input;

/* Opens it without reading: capabilities can be given up after it. 0, or -errno with diag. */
int input_open(struct input **input, const char *path, struct diag *diag);
/* Waits for the writer of a pipe, and detects the format. 0, or -errno with diag. */
int input_begin(struct input *input, struct diag *diag);
/* The number of files of the recording that could not be opened and are left out. */
uint64_t input_unreadable(const struct input *input);
/* Before input_begin(): can it be read twice? A pipe cannot. */
bool input_can_seek(const struct input *input);
/* Is path, or its link's target, the file that --from reads, or one in the directory? */
bool input_is(const char *from, const char *path);
void input_close(struct input *input);

/* ns since 1970 of the first and the last fact; 0, 0 if no fact has a time of day. 0, or -errno with diag. */
int input_range(struct input *input, int64_t *first, int64_t *last, struct diag *diag);

/* As reader_seek() and reader_next(). Text has one session, and is read from its beginning. */
void input_seek(struct input *input, int64_t wall);
int input_next(struct input *input, const struct fact **fact, int64_t *wall, struct diag *diag);

#endif
