/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: a recording's file. It is read as it is, and once more with all checksums made right,
 * for no fuzzer finds those; from its beginning, and from where a time is sought.
 */
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "fuzz.h"
#include "record/reader.h"

static void put_checksum(uint8_t *at, const uint8_t *bytes, size_t size)
{
	uint32_t crc = (uint32_t)crc32_z(0, bytes, size);

	memcpy(at, &crc, sizeof(crc));
}

/* Of the file's header, and of blocks as far as one follows the other. */
static void mend(uint8_t *data, size_t size)
{
	size_t at = FILE_HEADER;

	if (size < FILE_HEADER)
		return;
	put_checksum(data + 60, data, 60);
	while (size - at >= BLOCK_HEADER) {
		size_t left = size - at - BLOCK_HEADER;
		uint32_t stored;

		memcpy(&stored, data + at + 8, sizeof(stored));
		if (stored > left)
			stored = (uint32_t)left;
		memcpy(data + at + 8, &stored, sizeof(stored));
		put_checksum(data + at + 56, data + at + BLOCK_HEADER, stored);
		put_checksum(data + at + 60, data + at, 60);
		at += BLOCK_HEADER + stored;
	}
}

/* Facts come whole and in the order of the file; how many there are is known before. */
static uint64_t read_all(struct reader *reader)
{
	const struct fact *fact;
	struct diag diag;
	uint64_t count = 0;
	int64_t wall;
	int got;

	while ((got = reader_next(reader, &fact, &wall, &diag)) > 0) {
		if (got == READER_FACT)
			EXPECT(fact->len >= sizeof(*fact) && fact->len % 8 == 0);
		count++;
	}
	EXPECT(got == READER_END);
	return count;
}

static void read_file(const uint8_t *data, size_t size)
{
	struct reader_summary summary;
	struct reader *reader;
	struct diag diag;
	char path[64];
	int fd = memfd_create("recording", MFD_CLOEXEC);

	EXPECT(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!reader_open(&reader, path, &diag)) {
		reader_summary(reader, &summary);
		EXPECT(summary.damaged + summary.unfinished <= size);
		read_all(reader);
		reader_seek(reader, summary.first / 2 + summary.last / 2);
		read_all(reader);
		reader_close(reader);
	}
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = fuzz_copy(data, size);

	read_file(copy, size);
	mend(copy, size);
	read_file(copy, size);
	free(copy);
	return 0;
}
