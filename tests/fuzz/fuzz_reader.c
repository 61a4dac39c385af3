/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: a recording's file. It is read as it is, and once more with all checksums made right,
 * for no fuzzer finds those; from its beginning, and from where a time is sought.
 */
#include "facts.h"
#include "record/reader.h"

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
	char path[RECORDING_PATH];
	int fd = recording_file(data, size, path);

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
	recording_mend(copy, size);
	read_file(copy, size);
	free(copy);
	return 0;
}
