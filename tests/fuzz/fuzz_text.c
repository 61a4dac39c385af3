/* SPDX-License-Identifier: BSD-2-Clause */
/* Input: a line of text facts. What is read prints as text that reads as the same. */
#include <errno.h>

#include "fact/kind.h"
#include "fact/text.h"
#include "fuzz.h"

static void assert_prints(const struct fact *fact)
{
	_Alignas(8) char bytes[FACT_MAX_SIZE];
	struct fact *again = (struct fact *)bytes;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct diag diag;

	EXPECT(out && fact_text_print(out, fact) == 0);
	EXPECT(fclose(out) == 0);
	EXPECT(fact_text_parse(text, again, &diag) == 1);
	EXPECT(again->len == fact->len && memcmp(again, fact, fact->len) == 0);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = fuzz_string(data, size);
	struct fact *fact = malloc(FACT_MAX_SIZE);
	struct diag diag;
	int got;

	EXPECT(fact);
	got = fact_text_parse(line, fact, &diag);
	EXPECT(got == 0 || got == 1 || got == -EINVAL);
	if (got < 0)
		EXPECT(diag.text[0]);
	if (got > 0) {
		EXPECT(fact->len <= FACT_MAX_SIZE && fact->len % 8 == 0 && fact_is_whole(fact));
		assert_prints(fact);
	}
	free(fact);
	free(line);
	return 0;
}
