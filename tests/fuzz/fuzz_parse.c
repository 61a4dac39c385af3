/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: what people type where a number, a time or a network is wanted. */
#include <errno.h>

#include "base/format.h"
#include "base/parse.h"
#include "base/when.h"
#include "fuzz.h"

static void assert_known(int err)
{
	EXPECT(err == 0 || err == -EINVAL || err == -ERANGE);
}

/* The bits behind the prefix are 0. */
static void parse_network(const char *text)
{
	uint8_t addr[16], bits;
	int err = parse_cidr(text, addr, &bits);

	assert_known(err);
	if (err)
		return;
	EXPECT(bits <= 128);
	for (unsigned int bit = bits; bit < 128; bit++)
		EXPECT(!(addr[bit / 8] & 0x80 >> bit % 8));
}

/* A moment, in a recording of a day. */
static void parse_moment(const char *text)
{
	const int64_t last = 1764040320000000000, first = last - 86400000000000;
	struct when when;
	int64_t wall;
	int err = when_parse(text, &when);

	assert_known(err);
	if (err)
		return;
	EXPECT(when.kind != WHEN_NONE);
	assert_known(when_resolve(&when, first, last, true, &wall));
	assert_known(when_resolve(&when, first, last, false, &wall));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	uint64_t number;
	int err;

	err = parse_number(text, 7, 70000, &number);
	assert_known(err);
	EXPECT(err || (number >= 7 && number <= 70000));
	assert_known(parse_number(text, 0, UINT64_MAX, &number));
	assert_known(parse_duration(text, &number));
	assert_known(parse_size(text, &number));
	parse_moment(text);
	parse_network(text);
	free(text);
	return 0;
}
