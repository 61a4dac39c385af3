/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_BASE_PATTERN_H
#define TCPTRAIL_BASE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* Does the pattern match the whole text? A "*" matches any text, every other byte itself. */
bool pattern_match(const char *pattern, const char *text);
/* The same for the first `size` bytes of a text. */
bool pattern_match_part(const char *pattern, const char *text, size_t size);

#endif
