/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that grows. Running out of memory is remembered, so only the end has to be checked. */
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
	bool failed; /* no memory: what was added since is missing */
};

/* All zero is an empty buffer. */
void buffer_free(struct buffer *buffer);

/* Room for size more bytes? */
bool buffer_reserve(struct buffer *buffer, size_t size);
/* In decimals; printf is slow for what each line has many of. */
void buffer_number(struct buffer *buffer, uint64_t number);
/* count times the byte c */
void buffer_fill(struct buffer *buffer, char c, size_t count);
void buffer_print(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Here, so that the length of a literal is known when compiled. */
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
