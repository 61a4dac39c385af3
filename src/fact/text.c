/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of facts: splits a line into tokens and finds the row of each key. The keys are in kind.c,
 * the forms of values in text_value.c.
 */
#include "fact/text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "base/parse.h"
#include "fact/kind.h"
#include "fact/text_value.h"

static void print_part(FILE *out, const struct fact_part *part, const struct fact *fact)
{
	const void *base = (const char *)fact + part->offset;

	for (size_t i = 0; i < part->keys->count; i++) {
		const struct text_row *row = &part->keys->rows[i];

		if (!row->always && text_value_empty(row, base, fact))
			continue;
		fprintf(out, " %s=", row->key);
		text_value_print(out, row, base, fact);
	}
}

static int stream_error(FILE *out)
{
	if (!ferror(out))
		return 0;
	return errno ? -errno : -EIO;
}

int fact_text_print(FILE *out, const struct fact *fact)
{
	const struct fact_kind *kind = fact_kind(fact->type);

	errno = 0; /* stdio need not set it */
	if (!kind) {
		fprintf(out, "# %" PRIu64 " a fact of unknown type %u\n", (uint64_t)fact->time,
		        fact->type);
		return stream_error(out);
	}
	if (!fact_is_whole(fact))
		return -EINVAL;
	fprintf(out, "%" PRIu64 " %s", (uint64_t)fact->time, kind->name);
	for (size_t i = 0; i < FACT_PARTS && kind->parts[i].keys; i++)
		print_part(out, &kind->parts[i], fact);
	fputc('\n', out);
	return stream_error(out);
}

/* The longest value: FACT_COUNTS_MAX changes as "32767:-140737488355328^40,". */
#define VALUE_MAX 8192
_Static_assert(VALUE_MAX > FACT_MAX_SIZE && VALUE_MAX > FACT_COUNTS_MAX * 27, "values fit");

/* The state of reading a line. */
struct line {
	const char *at;
	const struct fact_kind *kind;
	struct text_reader reader;
	bool family_given;
	uint64_t seen;       /* bit per row, in order of parts */
	char buf[VALUE_MAX]; /* of the last token */
	struct diag *diag;
};

static void skip_blanks(struct line *line)
{
	line->at += strspn(line->at, " \t\r\n");
}

static bool at_end(const struct line *line)
{
	return !*line->at || *line->at == '#';
}

/* Copies a quoted string into buf; line->at is after the opening quote. */
static int take_quoted(struct line *line, struct text_token *token)
{
	size_t size = 0;

	while (*line->at != '"') {
		int c = (unsigned char)*line->at;

		if (c == '\\')
			c = unescape_byte(&line->at, ESCAPE_C);
		else if (c)
			line->at++;
		else
			return diag_fail(line->diag, -EINVAL, "missing closing quote");
		if (c < 0)
			return diag_fail(line->diag, -EINVAL,
			                 "invalid escape: expected \\ooo \\xHH \\n \\t \\\" \\\\");
		if (size + 1 >= FACT_MAX_SIZE)
			return diag_fail(line->diag, -EINVAL, "string longer than %zu bytes", size);
		line->buf[size++] = (char)c;
	}
	line->at++;
	line->buf[size] = '\0';
	*token = (struct text_token){line->buf, size, true};
	return 0;
}

static int take_value(struct line *line, struct text_token *token)
{
	size_t size;

	if (*line->at == '"') {
		line->at++;
		return take_quoted(line, token);
	}
	size = strcspn(line->at, " \t\r\n");
	if (size >= sizeof(line->buf))
		return diag_fail(line->diag, -EINVAL, "value longer than %zu bytes", size);
	memcpy(line->buf, line->at, size);
	line->buf[size] = '\0';
	line->at += size;
	*token = (struct text_token){line->buf, size, false};
	return 0;
}

/* The row of a key, its part, and its bit among all rows of the kind. */
static const struct text_row *find_row(const struct fact_kind *kind, const char *key, size_t size,
                                       const struct fact_part **part, unsigned int *bit)
{
	*bit = 0;
	for (size_t p = 0; p < FACT_PARTS && kind->parts[p].keys; p++) {
		*part = &kind->parts[p];
		for (size_t r = 0; r < (*part)->keys->count; r++, ++*bit) {
			const struct text_row *row = &(*part)->keys->rows[r];

			if (strlen(row->key) == size && !memcmp(row->key, key, size))
				return row;
		}
	}
	return NULL;
}

/* Puts the key before the message of take_value(). */
static int fail_at_key(struct line *line, const char *key)
{
	struct diag why;

	if (line->diag) {
		why = *line->diag;
		diag_fail(line->diag, -EINVAL, "%s: %.400s", key, why.text);
	}
	return -EINVAL;
}

static int take_pair(struct line *line)
{
	size_t size = strcspn(line->at, "= \t\r\n");
	const struct fact_part *part;
	const struct text_row *row;
	struct text_token token;
	unsigned int bit;
	char keys[400];

	row = find_row(line->kind, line->at, size, &part, &bit);
	if (!row)
		return diag_fail(line->diag, -EINVAL, "unknown key \"%.*s\": expected of %s: %s",
		                 size > 40 ? 40 : (int)size, line->at, line->kind->name,
		                 fact_key_list(line->kind, keys, sizeof(keys)));
	line->at += size;
	if (*line->at++ != '=')
		return diag_fail(line->diag, -EINVAL, "%s: missing \"=\" and value", row->key);
	if (line->seen & 1ULL << bit)
		return diag_fail(line->diag, -EINVAL, "%s: given twice", row->key);
	line->seen |= 1ULL << bit;
	if (take_value(line, &token))
		return fail_at_key(line, row->key);
	if (token.quoted && row->kind != TEXT_COMM && row->kind != TEXT_BYTES)
		return diag_fail(line->diag, -EINVAL, "%s: unexpected quotes", row->key);
	if (!strchr(" \t\r\n", *line->at)) /* finds NUL too */
		return diag_fail(line->diag, -EINVAL, "%s: missing blank after the value",
		                 row->key);
	if (text_value_parse(&line->reader, &token, row, (char *)line->reader.fact + part->offset))
		return diag_fail(line->diag, -EINVAL, "%s: invalid value \"%.80s\": expected %s",
		                 row->key, token.text, line->reader.expected);
	if (row->words == &fact_families)
		line->family_given = true;
	return 0;
}

/* Derives a missing family from the form of the addresses. */
static int settle_family(struct line *line)
{
	const struct fact_part *part;
	const struct text_row *row;
	struct fact_sample *sample;
	unsigned int bit;

	row = find_row(line->kind, "family", strlen("family"), &part, &bit);
	if (!row)
		return 0;
	sample = (struct fact_sample *)((char *)line->reader.fact + part->offset);
	if (!line->family_given) {
		if (line->reader.ipv4 && line->reader.ipv6)
			return diag_fail(line->diag, -EINVAL,
			                 "family: local and remote have different families");
		sample->family = line->reader.ipv4   ? AF_INET
		                 : line->reader.ipv6 ? AF_INET6
		                                     : AF_UNSPEC;
	}
	if (line->reader.ipv4 && sample->family != AF_INET)
		return diag_fail(line->diag, -EINVAL, "family: expected inet for an IPv4 address");
	return 0;
}

/* Time and type. */
static int take_head(struct line *line)
{
	struct fact *fact = line->reader.fact;
	struct text_token token;
	char types[400];
	uint64_t time;
	int type;

	if (take_value(line, &token))
		return fail_at_key(line, "time");
	if (parse_number(token.text, 0, UINT64_MAX, &time))
		return diag_fail(line->diag, -EINVAL,
		                 "time: invalid time \"%.80s\": expected a number of ns",
		                 token.text);
	skip_blanks(line);
	if (take_value(line, &token))
		return fail_at_key(line, "type");
	type = fact_kind_find(token.text, token.size);
	if (type < 0)
		return diag_fail(line->diag, -EINVAL,
		                 "type: unknown type \"%.80s\": expected one of %s", token.text,
		                 fact_kind_list(types, sizeof(types)));
	line->kind = fact_kind((unsigned int)type);
	fact->type = (uint16_t)type;
	fact->time = time;
	return 0;
}

int fact_text_parse(const char *text, struct fact *fact, struct diag *diag)
{
	struct line line = {.at = text, .diag = diag, .reader.fact = fact};
	int err;

	skip_blanks(&line);
	if (at_end(&line))
		return 0;
	memset(fact, 0, FACT_MAX_SIZE);
	err = take_head(&line);
	if (err)
		return err;
	for (skip_blanks(&line); !at_end(&line); skip_blanks(&line)) {
		err = take_pair(&line);
		if (err)
			return err;
	}
	fact->len = fact_length(fact->type, fact_tail_count(fact, fact_tail(fact->type)));
	return settle_family(&line) ? -EINVAL : 1;
}
