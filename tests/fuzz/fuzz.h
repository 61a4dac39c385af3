/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fuzz target is a tests/fuzz/fuzz_NAME.c with this function, and a directory
 * tests/fuzz/corpus/NAME of inputs. `make fuzz` lets clang's libFuzzer run it, `make fuzz-corpus`
 * feeds it the corpus only (replay.c). Anything wrong ends the program.
 */
#ifndef TCPTRAIL_TESTS_FUZZ_H
#define TCPTRAIL_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXPECT(holds)                                                                              \
	do {                                                                                       \
		if (!(holds)) {                                                                    \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #holds);        \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* A copy of just that size, so that ASan sees a byte too far; free() it. */
static inline void *fuzz_copy(const void *bytes, size_t size)
{
	void *copy = calloc(1, size ? size : 1);

	EXPECT(copy);
	if (size)
		memcpy(copy, bytes, size);
	return copy;
}

/* The same with a NUL at its end. */
static inline char *fuzz_string(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	EXPECT(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif
