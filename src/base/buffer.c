/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/format.h"

#define CAPACITY_FIRST 2048 /* bytes: most lines are shorter */

void buffer_free(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){0};
}

/* Leaves no room, so that every later addition fails too. */
static bool fail(struct buffer *buffer)
{
	buffer->failed = true;
	buffer->capacity = buffer->size;
	return false;
}

bool buffer_reserve(struct buffer *buffer, size_t size)
{
	char *data;

	if (buffer->failed)
		return false;
	if (size <= buffer->capacity - buffer->size)
		return true;
	if (size > SIZE_MAX / 2 - buffer->size)
		return fail(buffer);
	if (!buffer->capacity && size < CAPACITY_FIRST)
		size = CAPACITY_FIRST;
	data = array_reserve(buffer->data, &buffer->capacity, buffer->size + size, 1);
	if (!data)
		return fail(buffer);
	buffer->data = data;
	return true;
}

void buffer_number(struct buffer *buffer, uint64_t number)
{
	char text[FORMAT_SIZE];
	const char *end = format_number(text, number, 1);

	buffer_add(buffer, text, (size_t)(end - text));
}

void buffer_fill(struct buffer *buffer, char c, size_t count)
{
	if (!count || !buffer_reserve(buffer, count))
		return;
	memset(buffer->data + buffer->size, c, count);
	buffer->size += count;
}

void buffer_print(struct buffer *buffer, const char *format, ...)
{
	char text[256];
	va_list args, again;
	int size;

	va_start(args, format);
	va_copy(again, args);
	size = vsnprintf(text, sizeof(text), format, args);
	if (size >= 0 && (size_t)size < sizeof(text))
		buffer_add(buffer, text, (size_t)size);
	else if (size >= 0 && buffer_reserve(buffer, (size_t)size + 1)) {
		vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, again);
		buffer->size += (size_t)size;
	}
	va_end(again);
	va_end(args);
}
