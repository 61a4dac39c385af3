/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: /proc/net/snmp, netstat, snmp6, sctp/snmp or dev. */
#include <errno.h>

#include "fact/mib.h"
#include "fuzz.h"
#include "list/statistics_words.h"
#include "output.h"

/* Names are safe to print, and each has a sentence of bounded length or none. */
static int take(const struct mib_counter *counter, void *arg)
{
	size_t size = strlen(counter->name);
	const struct statistic_words *words;
	struct buffer text = {0};

	EXPECT(size > 0 && size < MIB_NAME_SIZE && counter->section <= size);
	EXPECT(strspn(counter->name,
	              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == size);
	EXPECT(mib_section(counter->name) <= size);
	words = statistic_words_find(counter->name, arg);
	if (words) {
		statistic_words_say(words, counter->name, counter->value, &text);
		EXPECT(!text.failed && text.size < 300);
	}
	buffer_free(&text);
	return 0;
}

static int take_device(const char *device, const uint64_t values[MIB_DEVICE_VALUES], void *arg)
{
	uint64_t *sum = arg;

	EXPECT(*device && strlen(device) < MIB_DEVICE_NAME);
	for (size_t i = 0; i < MIB_DEVICE_VALUES; i++)
		*sum += values[i];
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	uint64_t sum = 0;
	size_t cursor = 0;
	int err = mib_parse_pairs(text, size, take, &cursor);

	EXPECT(err == 0 || err == -EPROTO);
	EXPECT(!mib_parse_lines(text, size, take, &cursor));
	EXPECT(!mib_parse_devices(text, size, take_device, &sum));
	free(text);
	return 0;
}
