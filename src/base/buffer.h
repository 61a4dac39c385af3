/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that grows. It remembers a failed allocation, so the caller checks once, at the end. */
#ifndef TCPTRAIL_BASE_BUFFER_H
#define TCPTRAIL_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer {
	char *data; /* not NUL-terminated */
	size_t size;
	size_t capacity;
	bool failed; /* an allocation failed: all later additions are missing */
};

/* A buffer that is all zero is empty. */
void buffer_free(struct buffer *buffer);

/* Makes room for size more bytes. false: no memory. */
bool buffer_reserve(struct buffer *buffer, size_t size);
/* In decimal. Each line has many numbers, and printf is slow. */
void buffer_number(struct buffer *buffer, uint64_t number);
/* count times the byte c */
void buffer_fill(struct buffer *buffer, char c, size_t count);
void buffer_print(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Inline, so that the compiler knows the length of a literal. */
static inline void buffer_add(struct buffer *buffer, const void *bytes, size_t size)
{
	if (size > buffer->capacity - buffer->size && !buffer_reserve(buffer, size))
		return;
	if (size)
		memcpy(buffer->data + buffer->size, bytes, size);
	buffer->size += size;
}

static inline void buffer_text(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}

#endif
