/* SPDX-License-Identifier: BSD-2-Clause */
#include "rules/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Escapes newlines of the text like escape_terminal(): they would begin another line. */
static void add_one_line(struct buffer *buffer, const char *text)
{
	size_t size;

	for (; size = strcspn(text, "\n"), text[size]; text += size + 1) {
		buffer_add(buffer, text, size);
		buffer_text(buffer, "\\x0a");
	}
	buffer_add(buffer, text, size);
}

static void add(struct buffer *buffer, const char *between, const char *format, va_list args)
{
	char text[512];

	vsnprintf(text, sizeof(text), format, args);
	if (buffer->size)
		buffer_text(buffer, between);
	add_one_line(buffer, text);
}

#define ADDER(name, between)                                                                       \
	void finding_##name(struct finding *finding, const char *format, ...)                      \
	{                                                                                          \
		va_list args;                                                                      \
                                                                                                   \
		va_start(args, format);                                                            \
		add(&finding->name, between, format, args);                                        \
		va_end(args);                                                                      \
	}

ADDER(verdict, " ")
ADDER(evidence, "\n")
ADDER(next, "\n")

void finding_free(struct finding *finding)
{
	buffer_free(&finding->verdict);
	buffer_free(&finding->evidence);
	buffer_free(&finding->next);
	free(finding->sum);
}

const char *finding_level_name(enum finding_level level)
{
	static const char *const names[] = {
		[FINDING_OK] = "fine",         [FINDING_STEADY] = "steady",
		[FINDING_UNCLEAR] = "unclear", [FINDING_WARNING] = "warning",
		[FINDING_BAD] = "bad",
	};
	_Static_assert(sizeof(names) / sizeof(names[0]) == FINDING_LEVEL_COUNT, "one name each");

	return level < FINDING_LEVEL_COUNT ? names[level] : "";
}

const char *mover_name(enum mover mover)
{
	static const char *const names[] = {
		[MOVER_NOBODY] = "nobody", [MOVER_APPLICATION] = "application",
		[MOVER_PEER] = "peer",     [MOVER_NETWORK] = "network",
		[MOVER_KERNEL] = "kernel",
	};
	_Static_assert(sizeof(names) / sizeof(names[0]) == MOVER_COUNT, "one name each");

	return mover < MOVER_COUNT ? names[mover] : "";
}
