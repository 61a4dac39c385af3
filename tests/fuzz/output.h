/* SPDX-License-Identifier: BSD-2-Clause */
/* What targets print: kept, and looked at for what would steer a terminal. */
#ifndef TCPTRAIL_TESTS_FUZZ_OUTPUT_H
#define TCPTRAIL_TESTS_FUZZ_OUTPUT_H

#include <stdbool.h>

#include "fuzz.h"

struct printed {
	char *text;
	size_t size;
	FILE *out;
};

static inline void printed_open(struct printed *printed)
{
	*printed = (struct printed){.text = NULL};
	printed->out = open_memstream(&printed->text, &printed->size);
	EXPECT(printed->out);
}

/* Bytes of the character that begins there, by its first byte (RFC 3629); 0: none begins so. */
static inline size_t length_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* C0 but for ends of lines, DEL, C1, and what turns the direction of text: U+202A..U+202E. */
static inline bool steers(const unsigned char *at)
{
	if (*at < 0x20 || *at == 0x7f)
		return *at != '\n' && *at != '\r';
	if (*at == 0xc2)
		return at[1] < 0xa0;
	return at[0] == 0xe2 && at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae;
}

static inline void assert_harmless(const char *text, size_t size)
{
	const unsigned char *at = (const unsigned char *)text, *end = at + size;

	while (at < end) {
		size_t length = length_of(*at);

		EXPECT(length && length <= (size_t)(end - at));
		for (size_t i = 1; i < length; i++)
			EXPECT((at[i] & 0xc0) == 0x80);
		EXPECT(!steers(at));
		at += length;
	}
}

/* Closes it, and looks. */
static inline void printed_check(struct printed *printed)
{
	EXPECT(fclose(printed->out) == 0);
	assert_harmless(printed->text, printed->size);
	free(printed->text);
}

#endif
