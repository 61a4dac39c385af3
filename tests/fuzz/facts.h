/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts, one behind the other as blocks have them, well formed or not; and recordings of them. */
#ifndef TCPTRAIL_TESTS_FUZZ_FACTS_H
#define TCPTRAIL_TESTS_FUZZ_FACTS_H

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "table/table.h"
#include "fuzz.h"
#include "record/block.h"

/* Bytes of the whole facts that the input begins with, at most so many of them. */
static inline size_t facts_size(const uint8_t *data, size_t size, size_t most)
{
	struct fact fact;
	size_t used = 0;

	for (; most && size - used >= sizeof(fact); most--) {
		memcpy(&fact, data + used, sizeof(fact));
		if (fact.len < sizeof(fact) || fact.len > FACT_MAX_SIZE || fact.len > size - used)
			break;
		used += fact.len;
	}
	return used;
}

/* All whole facts of the input; what is not one ends it. */
static inline void facts_fold(struct table *table, const uint8_t *data, size_t size)
{
	_Alignas(8) char bytes[FACT_MAX_SIZE];
	struct fact *fact = (struct fact *)bytes;
	size_t end = facts_size(data, size, SIZE_MAX);

	for (size_t at = 0; at < end; at += fact->len) {
		memcpy(bytes, data + at, sizeof(*fact));
		memcpy(bytes, data + at, fact->len);
		table_apply(table, fact);
	}
}

/* --- recordings ----------------------------------------------------------------------------- */

static inline void put_checksum(uint8_t *at, const uint8_t *bytes, size_t size)
{
	uint32_t crc = (uint32_t)crc32_z(0, bytes, size);

	memcpy(at, &crc, sizeof(crc));
}

/* Makes checksums right, which no fuzzer finds: the file's header's, and those of its blocks. */
static inline void recording_mend(uint8_t *data, size_t size)
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

/*
 * A recording of the facts: so many in a first block, the others in a second one of another kind.
 * What no recorder would write is left out. To be freed.
 */
static inline void recording_make(const uint8_t *data, size_t size, size_t first,
                                  enum block_kind second, int64_t wall_offset, struct buffer *out)
{
	size_t cut = facts_size(data, size, first),
	       rest = facts_size(data + cut, size - cut, SIZE_MAX);
	void *copy = fuzz_copy(data, size); /* aligned */
	uint8_t header[FILE_HEADER];

	file_make(&(struct file_info){.session = 1, .wall = 1}, header);
	buffer_add(out, header, sizeof(header));
	block_make(copy, cut, BLOCK_FACTS, wall_offset, out);
	free(copy);
	copy = fuzz_copy(data + cut, rest);
	block_make(copy, rest, second, wall_offset, out);
	free(copy);
}

#define RECORDING_PATH 64

/* An open file with these bytes, and its path. The fd is to be closed. */
static inline int recording_file(const void *bytes, size_t size, char path[RECORDING_PATH])
{
	int fd = memfd_create("recording", MFD_CLOEXEC);

	EXPECT(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	snprintf(path, RECORDING_PATH, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
