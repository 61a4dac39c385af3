/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input: 4 bytes, how many bytes of facts are to come out, then coded bytes; or, with the highest
 * of their bits set, facts.
 */
#include <errno.h>

#include "fuzz.h"
#include "record/codec.h"

#define AS_FACTS 0x80000000

static void assert_round_trip(const void *facts, size_t size)
{
	struct buffer coded = {0};
	void *exact, *back = malloc(size + !size);

	EXPECT(back && codec_encode(facts, size, &coded) == 0);
	exact = fuzz_copy(coded.data, coded.size);
	EXPECT(codec_decode(exact, coded.size, back, size) == 0);
	EXPECT(memcmp(back, facts, size) == 0);
	free(exact);
	free(back);
	buffer_free(&coded);
}

static void decode(const void *coded, size_t size, size_t raw)
{
	void *facts = malloc(raw + !raw);
	int err;

	EXPECT(facts);
	err = codec_decode(coded, size, facts, raw);
	EXPECT(err == 0 || err == -EBADMSG);
	if (!err)
		assert_round_trip(facts, raw);
	free(facts);
}

static void encode(const void *facts, size_t size)
{
	struct buffer coded = {0};
	int err = codec_encode(facts, size, &coded);

	EXPECT(err == 0 || err == -EINVAL);
	if (!err)
		assert_round_trip(facts, size);
	buffer_free(&coded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t raw;
	void *input;

	if (size < sizeof(raw))
		return 0;
	memcpy(&raw, data, sizeof(raw));
	input = fuzz_copy(data + sizeof(raw), size - sizeof(raw));
	if (raw & AS_FACTS)
		encode(input, size - sizeof(raw));
	else
		decode(input, size - sizeof(raw), raw % (CODEC_RAW_MAX + 9));
	free(input);
	return 0;
}
