/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: a block. It is read as it is, and once more with both checksums and the payload's size
 * made right, for no fuzzer finds those. The same for a file's header.
 */
#include <errno.h>
#include <zlib.h>

#include "fuzz.h"
#include "record/block.h"

static void put_checksum(uint8_t *at, const uint8_t *bytes, size_t size)
{
	uint32_t crc = (uint32_t)crc32_z(0, bytes, size);

	memcpy(at, &crc, sizeof(crc));
}

/* A block that opens is one that can be made again. */
static void assert_made_again(const struct block_info *info, const void *facts)
{
	struct buffer out = {0};
	struct block_info again;

	EXPECT(block_make(facts, info->raw, BLOCK_FACTS, info->wall_offset, &out) == 0);
	EXPECT(block_parse((const uint8_t *)out.data, &again) == 0);
	EXPECT(out.size == BLOCK_HEADER + again.stored);
	EXPECT(again.facts == info->facts && again.transitions == info->transitions);
	EXPECT(again.first == info->first && again.last == info->last);
	buffer_free(&out);
}

static void open_block(const uint8_t *block, size_t size)
{
	struct block_info info;
	void *payload, *facts;
	int err = block_parse(block, &info);

	EXPECT(err == 0 || err == -EBADMSG);
	if (err || info.stored > size - BLOCK_HEADER)
		return;
	EXPECT(info.raw <= BLOCK_RAW_MAX && info.coded <= BLOCK_CODED_MAX);
	payload = fuzz_copy(block + BLOCK_HEADER, info.stored);
	facts = malloc(info.raw + !info.raw);
	EXPECT(facts);
	err = block_open(&info, payload, facts);
	EXPECT(err == 0 || err == -EBADMSG);
	if (!err)
		assert_made_again(&info, facts);
	free(facts);
	free(payload);
}

static void parse_file(const uint8_t *header)
{
	uint8_t again[FILE_HEADER];
	struct file_info info;
	int err = file_parse(header, &info);

	EXPECT(err == 0 || err == -EBADMSG || err == -EPROTONOSUPPORT);
	if (err)
		return;
	file_make(&info, again);
	EXPECT(memcmp(again, header, 56) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t stored;
	uint8_t *block;

	if (size < BLOCK_HEADER)
		return 0;
	block = fuzz_copy(data, size);
	stored = (uint32_t)(size - BLOCK_HEADER);
	parse_file(block);
	open_block(block, size);

	memcpy(block + 8, &stored, sizeof(stored));
	put_checksum(block + 56, block + BLOCK_HEADER, stored);
	put_checksum(block + 60, block, 60);
	parse_file(block);
	open_block(block, size);
	free(block);
	return 0;
}
