/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts as they are, for now: zstd has to do all of it. */
#include "record/codec.h"

#include <errno.h>
#include <string.h>

#include "fact/shape.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "facts are recorded as they lie in memory");

static bool facts_whole(const char *facts, size_t size)
{
	_Alignas(8) char bytes[FACT_MAX_SIZE];
	const struct fact *fact = (const struct fact *)bytes;

	for (size_t at = 0; at < size; at += fact->len) {
		if (size - at < sizeof(*fact))
			return false;
		memcpy(bytes, facts + at, sizeof(*fact));
		if (fact->len < sizeof(*fact) || fact->len % 8 || fact->len > size - at ||
		    fact->len > FACT_MAX_SIZE)
			return false;
		memcpy(bytes, facts + at, fact->len);
		if (!fact_is_whole(fact))
			return false;
	}
	return true;
}

int codec_encode(const void *facts, size_t size, struct buffer *out)
{
	if (size > CODEC_RAW_MAX || !facts_whole(facts, size))
		return -EINVAL;
	buffer_add(out, facts, size);
	return out->failed ? -ENOMEM : 0;
}

int codec_decode(const void *coded, size_t size, void *facts, size_t raw)
{
	if (size != raw || !facts_whole(coded, size))
		return -EBADMSG;
	if (size)
		memcpy(facts, coded, size);
	return 0;
}
