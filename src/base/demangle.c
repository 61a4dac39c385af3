/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads so much of the Itanium C++ ABI (5.1, "External Names") as a function's own
 * name needs; Rust's older names are made to look the same, and end with a hash.
 */
#include "base/demangle.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	const char *at;
	char *out;
	size_t size, used;
	const char *last; /* name read last, which constructors repeat */
	size_t last_length;
};

static void put(struct reader *r, const char *text, size_t length)
{
	if (length > r->size - 1 - r->used)
		length = r->size - 1 - r->used;
	memcpy(r->out + r->used, text, length);
	r->used += length;
	r->out[r->used] = '\0';
}

static void put_text(struct reader *r, const char *text)
{
	put(r, text, strlen(text));
}

/* "7TCPWrap": false if it is longer than what is there. */
static bool read_source_name(struct reader *r, const char **name, size_t *length)
{
	char *end;

	if (!isdigit((unsigned char)*r->at))
		return false;
	*length = strtoul(r->at, &end, 10);
	if (!*length || *length > strlen(end))
		return false;
	*name = end;
	r->at = end + *length;
	return true;
}

static bool skip_past(struct reader *r, char c)
{
	const char *found = strchr(r->at, c);

	if (found)
		r->at = found + 1;
	return found;
}

static bool skip_group(struct reader *r);

/* "Lb0E", "LN3foo3BarE1E": behind the type there are digits that are no name's length. */
static bool skip_literal(struct reader *r)
{
	const char *name;
	size_t length;

	r->at++;
	if (islower((unsigned char)*r->at))
		return skip_past(r, 'E');
	if (*r->at == 'N')
		return skip_group(r) && skip_past(r, 'E');
	return read_source_name(r, &name, &length) && skip_past(r, 'E');
}

/* One piece of a type. What may hold expressions is not understood. */
static bool skip_piece(struct reader *r)
{
	const char *name;
	size_t length;

	if (isdigit((unsigned char)*r->at))
		return read_source_name(r, &name, &length);
	switch (*r->at) {
	case '\0':
	case 'X':
	case 'U':
	case 'Z':
		return false;
	case 'I':
	case 'N':
	case 'J':
	case 'F':
		return skip_group(r);
	case 'L':
		return skip_literal(r);
	case 'S':
		if (islower((unsigned char)r->at[1])) {
			r->at += 2;
			return true;
		}
		return skip_past(r, '_');
	case 'T':
	case 'A':
		return skip_past(r, '_');
	case 'D':
		if (!r->at[1] || strchr("tTv", r->at[1]))
			return false;
		r->at += 2;
		return true;
	}
	r->at++;
	return true;
}

/* From its letter to its E. */
static bool skip_group(struct reader *r)
{
	r->at++;
	while (*r->at != 'E')
		if (!skip_piece(r))
			return false;
	r->at++;
	return true;
}

/* "$LT$alloc..vec..Vec$GT$", as Rust writes "<alloc::vec::Vec>" */
static void put_name(struct reader *r, const char *name, size_t length)
{
	static const struct {
		const char *code, *text;
	} escapes[] = {
		{"$LT$", "<"},  {"$GT$", ">"},  {"$RF$", "&"},  {"$BP$", "*"},  {"$C$", ","},
		{"$u20$", " "}, {"$u27$", "'"}, {"$u5b$", "["}, {"$u5d$", "]"}, {"$u7b$", "{"},
		{"$u7d$", "}"}, {"..", "::"},   {"$LP$", "("},  {"$RP$", ")"},
	};
	const char *end = name + length;

	if (length > 1 && !memcmp(name, "_$", 2)) /* names begin with a letter */
		name++;
	while (name < end) {
		size_t i = 0, count = sizeof(escapes) / sizeof(escapes[0]), size = 0;

		for (; i < count; i++) {
			size = strlen(escapes[i].code);
			if (size <= (size_t)(end - name) && !memcmp(name, escapes[i].code, size))
				break;
		}
		if (i < count)
			put_text(r, escapes[i].text);
		else
			put(r, name, 1);
		name += i < count ? size : 1;
	}
}

static bool is_rust_hash(const char *name, size_t length)
{
	return length == 17 && name[0] == 'h' && strspn(name + 1, "0123456789abcdef") >= 16;
}

static bool read_operator(struct reader *r)
{
	static const char *const operators[] = {
		"cl()", "ix[]", "eq==", "ne!=", "lt<",  "gt>", "aS=",  "pl+",  "mi-",
		"ml*",  "dv/",  "ls<<", "rs>>", "pt->", "nt!", "pp++", "mm--", "pL+=",
	};

	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (!strncmp(r->at, operators[i], 2)) {
			r->at += 2;
			put_text(r, "operator");
			put_text(r, operators[i] + 2);
			return true;
		}
	return false;
}

/* Constructors and destructors of all kinds: C1, C2, D0, ... */
static bool read_structor(struct reader *r)
{
	if (!r->last || !isdigit((unsigned char)r->at[1]))
		return false;
	put_text(r, *r->at == 'D' ? "~" : "");
	put(r, r->last, r->last_length);
	r->at += 2;
	return true;
}

static bool read_component(struct reader *r)
{
	const char *name;
	size_t length;

	if (*r->at == 'L' && isdigit((unsigned char)r->at[1])) /* static */
		r->at++;
	if (*r->at == 'C' || *r->at == 'D')
		return read_structor(r);
	if (!isdigit((unsigned char)*r->at))
		return read_operator(r);
	if (!read_source_name(r, &name, &length))
		return false;
	r->last = name;
	r->last_length = length;
	if (length >= 10 && !memcmp(name, "_GLOBAL__N", 10))
		put_text(r, "(anonymous)");
	else
		put_name(r, name, length);
	return true;
}

/* Behind a name: template arguments and ABI tags, which are not printed. */
static bool skip_additions(struct reader *r)
{
	const char *name;
	size_t length;

	while (*r->at == 'I' || *r->at == 'B') {
		if (*r->at == 'I') {
			if (!skip_group(r))
				return false;
		} else {
			r->at++;
			if (!read_source_name(r, &name, &length))
				return false;
		}
	}
	return true;
}

/* In Rust's, the hash that comes last. */
static bool at_rust_hash(const struct reader *r)
{
	return !strncmp(r->at, "17h", 3) && strlen(r->at) >= 20 && r->at[19] == 'E' &&
	       is_rust_hash(r->at + 2, 17);
}

static bool read_components(struct reader *r, bool nested)
{
	const char *separator = "";

	do {
		if (nested && at_rust_hash(r))
			return true;
		put_text(r, separator);
		separator = "::";
		if (!strncmp(r->at, "St", 2)) {
			r->at += 2;
			put_text(r, "std");
			if (!nested) {
				put_text(r, "::");
				if (!read_component(r))
					return false;
			}
		} else if (!read_component(r)) {
			return false;
		}
		if (!skip_additions(r))
			return false;
	} while (nested && *r->at != 'E');
	return true;
}

bool demangle(const char *symbol, char *out, size_t size)
{
	char text[512];
	struct reader r = {.at = symbol, .out = text, .size = sizeof(text)};
	bool nested;

	if (strncmp(symbol, "_Z", 2))
		return false;
	r.at += 2;
	nested = *r.at == 'N';
	r.at += nested;
	while (nested && *r.at && strchr("rVKRO", *r.at))
		r.at++;
	if (!read_components(&r, nested) || !r.used)
		return false;
	snprintf(out, size, "%s", text);
	return true;
}
