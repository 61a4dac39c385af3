/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/escape.h"

#include <stdint.h>
#include <string.h>

#include "base/parse.h"

/*
 * Reads one character of UTF-8 (RFC 3629: shortest form, no surrogates, up to U+10FFFF). Returns
 * the number of its bytes; 0: s begins with no valid character.
 */
static size_t utf8_read(const unsigned char *s, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t size = s[0] < 0x80             ? 1
	              : (s[0] & 0xe0) == 0xc0 ? 2
	              : (s[0] & 0xf0) == 0xe0 ? 3
	              : (s[0] & 0xf8) == 0xf0 ? 4
	                                      : 0;

	if (size <= 1) {
		*code = s[0];
		return size;
	}
	*code = s[0] & (0x7f >> size);
	for (size_t i = 1; i < size; i++) {
		if ((s[i] & 0xc0) != 0x80) /* a NUL too */
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	if (*code < least[size] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return size;
}

/* C0, DEL and C1 control a terminal. */
static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/*
 * Invisible characters that can change how a line reads: Default_Ignorable_Code_Point of Unicode
 * 15, U+2028 and U+2029, which end lines, and U+FFF9..U+FFFB, which hide the text between them.
 */
static bool is_deceptive(uint32_t code)
{
	static const uint32_t ranges[][2] = {
		{0xad, 0xad},       {0x34f, 0x34f},   {0x61c, 0x61c},     {0x115f, 0x1160},
		{0x17b4, 0x17b5},   {0x180b, 0x180f}, {0x200b, 0x200f},   {0x2028, 0x202e},
		{0x2060, 0x206f},   {0x3164, 0x3164}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},
		{0xffa0, 0xffa0},   {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
		{0xe0000, 0xe0fff},
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code >= ranges[i][0] && code <= ranges[i][1])
			return true;
	return false;
}

/* The length of the printable ASCII at the start: nearly all text, added in one piece. */
static size_t plain_length(const unsigned char *s)
{
	const unsigned char *end = s;

	while (*end >= 0x20 && *end < 0x7f)
		end++;
	return (size_t)(end - s);
}

/* The same for JSON, where " and \ need an escape. */
static size_t json_plain_length(const unsigned char *s)
{
	const unsigned char *end = s;

	while (*end >= 0x20 && *end < 0x7f && *end != '"' && *end != '\\')
		end++;
	return (size_t)(end - s);
}

size_t escape_terminal(struct buffer *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t columns = 0;

	while (*s) {
		size_t plain = plain_length(s), size;
		uint32_t code;

		buffer_add(out, s, plain);
		columns += plain;
		s += plain;
		if (!*s)
			break;
		size = utf8_read(s, &code);
		if (size && !is_control(code) && !is_deceptive(code)) {
			buffer_add(out, s, size);
			columns++;
			s += size;
			continue;
		}
		for (size_t i = 0; i < (size ? size : 1); i++, columns += 4)
			buffer_print(out, "\\x%02x", *s++);
	}
	return columns;
}

/* JSON escapes are UTF-16 (RFC 8259, section 7). */
static void add_code(struct buffer *out, uint32_t code)
{
	if (code > 0xffff) {
		buffer_print(out, "\\u%04x", 0xd800 + ((code - 0x10000) >> 10));
		code = 0xdc00 + (code & 0x3ff);
	}
	buffer_print(out, "\\u%04x", code);
}

void escape_json(struct buffer *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	buffer_text(out, "\"");
	while (*s) {
		size_t plain = json_plain_length(s), size;
		uint32_t code;

		buffer_add(out, s, plain);
		s += plain;
		if (!*s)
			break;
		size = utf8_read(s, &code);
		if (!size)
			buffer_text(out, "\xef\xbf\xbd");
		else if (is_control(code) || is_deceptive(code))
			add_code(out, code);
		else if (code == '"' || code == '\\')
			buffer_print(out, "\\%c", (char)code);
		else
			buffer_add(out, s, size);
		s += size ? size : 1;
	}
	buffer_text(out, "\"");
}

/* One to three octal digits; without ESCAPE_C, three. */
static int octal_byte(const char **text, enum escape_form forms)
{
	int value = 0, digits = 0;

	for (; digits < 3 && (*text)[digits] >= '0' && (*text)[digits] <= '7'; digits++)
		value = value * 8 + (*text)[digits] - '0';
	if (!digits || (digits < 3 && !(forms & ESCAPE_C)) || value > 0xff)
		return -1;
	*text += digits;
	return value;
}

int unescape_byte(const char **text, enum escape_form forms)
{
	static const char letters[] = "abfnrtv\"\\", bytes[] = "\a\b\f\n\r\t\v\"\\";
	const char *at = *text + 1, *letter = *at ? strchr(letters, *at) : NULL;
	uint64_t number;
	int byte = -1;

	if (forms & (ESCAPE_C | ESCAPE_OCTAL))
		byte = octal_byte(&at, forms);
	if (byte < 0 && *at == 'x' && forms & (ESCAPE_C | ESCAPE_HEX) &&
	    parse_hex_digits(at + 1, 2, &number) == 2) {
		byte = (int)number;
		at += 3;
	} else if (byte < 0 && letter && forms & ESCAPE_C) {
		byte = (unsigned char)bytes[letter - letters];
		at++;
	}
	if (byte >= 0)
		*text = at;
	return byte;
}

void unescape(char *text, enum escape_form forms)
{
	const char *from = text;
	char *to = text;

	while (*from) {
		const char *behind = from;
		int byte = *from == '\\' ? unescape_byte(&behind, forms) : -1;

		*to++ = byte > 0 ? (char)byte : *from;
		from = byte > 0 ? behind : from + 1;
	}
	*to = '\0';
}
