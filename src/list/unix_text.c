/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parses /proc/net/unix (unix_seq_show(), net/unix/af_unix.c). A name may contain blanks and
 * newlines, and what looks like a line of the kernel:
 *
 *	Num       RefCount Protocol Flags    Type St Inode Path
 *	0000000059e379b1: 00000003 00000000 00000000 0001 03 122586729
 *	00000000b3be1dab: 00000002 00000000 00010000 0001 01 122586718 /tmp/a b
 *	00000000705b1abb: 00000003 00000000 00000000 0001 02     0 @x@y
 */
#include <ctype.h>
#include <string.h>

#include "list/unix.h"

/* 16: it is no hexadecimal digit. A host has many sockets: this is faster than isxdigit(). */
static unsigned int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a' + 10) : 16;
}

/* A number of exactly that many hexadecimal digits, and the byte behind it. *at moves behind both. */
static bool take_hex(const char **at, const char *end, size_t digits, char behind, uint64_t *number)
{
	const char *from = *at;

	if ((size_t)(end - from) <= digits || from[digits] != behind)
		return false;
	*number = 0;
	for (size_t i = 0; i < digits; i++) {
		unsigned int digit = digit_of(from[i]);

		if (digit > 15)
			return false;
		*number = *number << 4 | digit;
	}
	*at = from + digits + 1;
	return true;
}

/* The inode: at least five columns, padded with blanks. */
static bool take_inode(const char **at, const char *end, uint32_t *inode)
{
	uint64_t number = 0;

	while (*at < end && **at == ' ')
		++*at;
	if (*at == end || !isdigit((unsigned char)**at))
		return false;
	for (; *at < end && isdigit((unsigned char)**at); ++*at) {
		number = number * 10 + (uint64_t)(**at - '0');
		if (number > UINT32_MAX)
			return false;
	}
	*inode = (uint32_t)number;
	return true;
}

/* The address of the socket has 8 or 16 digits, depending on the kernel. */
static bool take_address(const char **at, const char *end)
{
	const char *colon = memchr(*at, ':', (size_t)(end - *at) < 17 ? (size_t)(end - *at) : 17);
	uint64_t number;

	if (!colon || (colon - *at != 8 && colon - *at != 16) ||
	    !take_hex(at, end, (size_t)(colon - *at), ':', &number))
		return false;
	return *at < end && *(*at)++ == ' ';
}

/* Returns where the numbers end. NULL: the text does not begin as a line of the kernel. */
static const char *parse_numbers(const char *at, const char *end, struct unix_line *line)
{
	uint64_t references, protocol, flags, type, state;

	if (!take_address(&at, end) || !take_hex(&at, end, 8, ' ', &references) ||
	    !take_hex(&at, end, 8, ' ', &protocol) || !take_hex(&at, end, 8, ' ', &flags) ||
	    !take_hex(&at, end, 4, ' ', &type) || !take_hex(&at, end, 2, ' ', &state) ||
	    !take_inode(&at, end, &line->inode))
		return NULL;
	if (at < end && *at != '\n' && *at != ' ')
		return NULL;
	line->references = (uint32_t)references;
	line->protocol = (uint32_t)protocol;
	line->flags = (uint32_t)flags;
	line->type = (uint16_t)type;
	line->state = (uint8_t)state;
	return at;
}

/*
 * Does the text begin with the name as the kernel prints it, and a newline? A path is printed
 * without its NUL; in an abstract name "@" stands for each NUL. Returns the length, 0: it does not.
 */
static size_t match_name(const char *text, const char *end, const struct unix_name *name)
{
	size_t size = name->size;

	if (size && name->bytes[0] && !name->bytes[size - 1])
		size--;
	if (!size || size >= (size_t)(end - text) || text[size] != '\n')
		return 0;
	for (size_t i = 0; i < size; i++)
		if (text[i] != (name->bytes[i] ? name->bytes[i] : '@'))
			return 0;
	return size;
}

/* Without a known name: the next line that begins as one of the kernel begins another socket. */
static size_t guess_length(const char *text, const char *end)
{
	struct unix_line other;
	const char *newline = text;

	while ((newline = memchr(newline, '\n', (size_t)(end - newline)))) {
		if (++newline == end || parse_numbers(newline, end, &other))
			return (size_t)(newline - 1 - text);
	}
	return (size_t)(end - text);
}

#define BROKEN_TRIED 64 /* a bound, for hosts where somebody makes many such names */

static size_t match_broken(const struct unix_lines *lines)
{
	const struct unix_name *names;
	size_t count = lines->broken ? lines->broken(&names, lines->arg) : 0, length = 0;

	for (size_t i = 0; !length && i < count && i < BROKEN_TRIED; i++)
		length = match_name(lines->at, lines->end, &names[i]);
	return length;
}

static size_t name_length(const struct unix_lines *lines, const struct unix_line *line)
{
	struct unix_name name;
	size_t length = 0;

	if (lines->find && line->inode && lines->find(line->inode, &name, lines->arg))
		length = match_name(lines->at, lines->end, &name);
	else
		length = match_broken(lines);
	return length ? length : guess_length(lines->at, lines->end);
}

/* Takes the name, and the newline behind it. */
static void take_name(struct unix_lines *lines, struct unix_line *line)
{
	size_t length;

	line->path = NULL;
	if (lines->at < lines->end && *lines->at == ' ') {
		lines->at++;
		length = name_length(lines, line);
		line->path = lines->at;
		lines->at += length;
	}
	if (lines->at < lines->end)
		*lines->at++ = '\0';
}

bool unix_lines_next(struct unix_lines *lines, struct unix_line *line)
{
	const char *name, *newline;

	while (lines->at < lines->end) {
		name = parse_numbers(lines->at, lines->end, line);
		if (name) {
			lines->at += name - lines->at;
			take_name(lines, line);
			return true;
		}
		/* the headings, or what is left of a name */
		newline = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
		lines->at = newline ? lines->at + (newline + 1 - lines->at) : lines->end;
	}
	return false;
}
