/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TCPTRAIL_BASE_PATTERN_H
#define TCPTRAIL_BASE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* Is it the text itself, or, where the pattern has a "*", does any text in its place make it so? */
bool pattern_match(const char *pattern, const char *text);
/* The same for the first bytes of a text. */
bool pattern_match_part(const char *pattern, const char *text, size_t size);

#endif
