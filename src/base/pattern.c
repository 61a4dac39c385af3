/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/pattern.h"

#include <string.h>

/* On a mismatch only the last "*" takes one more byte, so no pattern takes exponential time. */
bool pattern_match_part(const char *pattern, const char *text, size_t size)
{
	const char *end = text + size, *star = NULL, *resume = NULL;

	while (text < end) {
		if (*pattern == '*') {
			star = ++pattern;
			resume = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++resume;
		} else {
			return false;
		}
	}
	return !pattern[strspn(pattern, "*")];
}

bool pattern_match(const char *pattern, const char *text)
{
	return pattern_match_part(pattern, text, strlen(text));
}
