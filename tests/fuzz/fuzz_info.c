/* SPDX-License-Identifier: BSD-2-Clause */
/* links src/command/info_write.c */
/*
 * Input: flags, a number of facts, 8 bytes of wall clock minus boot time, facts: a recording is made
 * of them. With FLAG_FILE a recording's file follows the flags. What info prints of it is looked at.
 */
#include "facts.h"
#include "command/info_write.h"
#include "session/notice.h"
#include "output.h"

enum { FLAG_FILE = 1, FLAG_CHECKPOINT = 2, FLAG_UTC = 4 };

void notice_unreadable(const char *path, uint64_t files)
{
	EXPECT(path && !files);
}

static void print(struct reader *reader, const char *path, enum output_format format, bool utc)
{
	struct options options = {
		.format = format, .utc = utc, .target = path, .max_sockets = 1000};
	struct printed printed;
	struct diag diag;

	printed_open(&printed);
	EXPECT(info_write(&options, reader, printed.out, &diag) == 0);
	printed_check(&printed);
}

static void read_file(const void *bytes, size_t size, bool utc)
{
	for (enum output_format format = OUTPUT_TEXT; format <= OUTPUT_JSON; format++) {
		char path[RECORDING_PATH];
		int fd = recording_file(bytes, size, path);
		struct reader *reader;
		struct diag diag;

		if (!reader_open(&reader, path, &diag)) {
			print(reader, path, format, utc);
			reader_close(reader);
		}
		close(fd);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer file = {0};
	int64_t wall_offset;

	if (size < 2 + sizeof(wall_offset))
		return 0;
	memcpy(&wall_offset, data + 2, sizeof(wall_offset));
	if (data[0] & FLAG_FILE) {
		buffer_add(&file, data + 1, size - 1);
		recording_mend((uint8_t *)file.data, file.size);
	} else {
		recording_make(data + 10, size - 10, data[1],
		               data[0] & FLAG_CHECKPOINT ? BLOCK_CHECKPOINT_END : BLOCK_FACTS,
		               wall_offset, &file);
	}
	read_file(file.data, file.size, data[0] & FLAG_UTC);
	buffer_free(&file);
	return 0;
}
