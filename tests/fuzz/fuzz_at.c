/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/session/replay.c src/session/replay_walk.c src/session/input.c */
/*
 * Input: flags, a number of facts, 8 bytes of wall clock minus boot time, two lines as people type
 * times, facts: a recording is made of them. It is replayed to --at the first time, from --since the
 * first --until the second, and to both as diff does.
 */
#include <errno.h>
#include <stdarg.h>
#include <time.h>

#include "facts.h"
#include "session/notice.h"
#include "output.h"
#include "session/replay.h"

enum { FLAG_UTC = 1, FLAG_WHY = 2, FLAG_CHECKPOINT = 4, FLAG_TEXT = 8, FLAG_ZONE = 0x70 };

void notice(const char *format, ...)
{
	char text[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	assert_harmless(text, strlen(text));
}

static void set_zone(uint8_t flags)
{
	static const char *const zones[] = {
		"UTC0",   "CET-1CEST,M3.5.0,M10.5.0/3",  "NST3:30NDT,M3.2.0/0:01,M11.1.0/0:01",
		"XXX-14", "YYY12YYX,M3.5.0/0,M10.5.0/0", "LHST-10:30LHDT-11,M10.1.0,M4.1.0",
		"ZZZ23",  "AAA-23AAB,0/0,J365/23",
	};

	setenv("TZ", zones[flags >> 4 & 7], 1);
	tzset();
}

static void window(struct replay *replay)
{
	int64_t since, until;
	struct diag diag;

	if (replay_window(replay, &since, &until, &diag)) {
		assert_harmless(diag.text, strlen(diag.text));
		return;
	}
	EXPECT(since <= until);
	if (replay->options->at.kind)
		EXPECT(until >= replay->first && until <= replay->last);
	if (!replay_begin(replay, since, since, &diag))
		replay_end(replay, until, &diag);
}

static void instant(struct replay *replay, const struct when *when)
{
	struct diag diag;
	int64_t wall;

	if (replay_instant(replay, "diff", when, &wall, &diag))
		return;
	EXPECT(wall >= replay->first && wall <= replay->last);
	replay_to(replay, wall, &diag);
}

static void replay_file(const struct options *options, const struct needs *needs)
{
	struct replay replay = {.options = options, .needs = needs, .table = table_new(1000)};
	struct diag diag;

	EXPECT(replay.table);
	if (!input_open(&replay.input, options->from, &diag)) {
		if (!input_begin(replay.input, &diag) &&
		    !input_range(replay.input, &replay.first, &replay.last, &diag)) {
			if (options->instants[0].kind) {
				instant(&replay, &options->instants[0]);
				instant(&replay, &options->instants[1]);
			} else {
				window(&replay);
			}
		}
		input_close(replay.input);
	}
	table_free(replay.table);
}

/* As each option that takes times reads it. */
static void replay_times(const char *path, const struct when whens[2], uint8_t flags)
{
	struct options options = {.from = path, .utc = flags & FLAG_UTC};
	struct needs needs = {.watch_before = flags & FLAG_WHY ? UINT64_C(10000000000) : 0};

	options.at = whens[0];
	replay_file(&options, &needs);
	options.at.kind = WHEN_NONE;
	options.since = whens[0];
	options.until = whens[1];
	replay_file(&options, &needs);
	options.instants[0] = whens[0];
	options.instants[1] = whens[1];
	replay_file(&options, &needs);
}

/* Takes a line off the input. */
static bool read_when(const uint8_t **data, size_t *size, struct when *when)
{
	const uint8_t *end = memchr(*data, '\n', *size);
	char *text;
	int err;

	if (!end)
		return false;
	text = fuzz_string(*data, (size_t)(end - *data));
	*size -= (size_t)(end + 1 - *data);
	*data = end + 1;
	err = when_parse(text, when);
	EXPECT(err == 0 || err == -EINVAL);
	free(text);
	return !err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[RECORDING_PATH];
	struct buffer file = {0};
	struct when whens[2];
	int64_t wall_offset;
	uint8_t flags, first;
	int fd;

	if (size < 2 + sizeof(wall_offset))
		return 0;
	flags = data[0];
	first = data[1];
	memcpy(&wall_offset, data + 2, sizeof(wall_offset));
	data += 10;
	size -= 10;
	if (!read_when(&data, &size, &whens[0]) || !read_when(&data, &size, &whens[1]))
		return 0;
	set_zone(flags);
	if (flags & FLAG_TEXT)
		buffer_add(&file, data, size);
	else
		recording_make(data, size, first,
		               flags & FLAG_CHECKPOINT ? BLOCK_CHECKPOINT_END : BLOCK_FACTS,
		               wall_offset, &file);
	fd = recording_file(file.data, file.size, path);
	replay_times(path, whens, flags);
	close(fd);
	buffer_free(&file);
	return 0;
}
