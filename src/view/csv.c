/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Comma-separated values as in RFC 4180, with the keys and units of the JSON format. An unknown
 * value is empty. A list is its text form.
 *
 *   proto,recv_q,local,age_ns,age_exact
 *   tcp,0,127.0.0.1:80,53000,true
 */
#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "base/format.h"
#include "view/line.h"
#include "view/value_write.h"

/* escape_terminal() replaces line breaks, so only commas and quotes need quoting. */
static void print_string(struct buffer *line, const char *text)
{
	struct buffer safe = {0};
	bool quote;

	escape_terminal(&safe, text);
	line->failed |= safe.failed;
	quote = safe.size &&
	        (memchr(safe.data, ',', safe.size) || memchr(safe.data, '"', safe.size));
	if (quote)
		buffer_text(line, "\"");
	for (size_t i = 0; i < safe.size; i++) {
		if (safe.data[i] == '"')
			buffer_text(line, "\"");
		buffer_add(line, &safe.data[i], 1);
	}
	if (quote)
		buffer_text(line, "\"");
	buffer_free(&safe);
}

static void write_null(struct buffer *line, const struct word *word)
{
	if (word_endings(word).second)
		buffer_text(line, ",");
}

static void write_string(struct buffer *line, const struct word *word, const char *text)
{
	(void)word;
	print_string(line, text);
}

static void write_number(struct buffer *line, const struct word *word, uint64_t number)
{
	(void)word;
	buffer_number(line, number);
}

static void write_signed(struct buffer *line, const struct word *word, int64_t number)
{
	(void)word;
	buffer_print(line, "%" PRId64, number);
}

static void write_bool(struct buffer *line, const struct word *word, bool yes)
{
	(void)word;
	buffer_text(line, yes ? "true" : "false");
}

static void write_duration(struct buffer *line, const struct word *word, uint64_t ns, bool exact)
{
	write_number(line, word, ns);
	buffer_text(line, ",");
	write_bool(line, word, exact);
}

static void write_time(struct buffer *line, const struct word *word, int64_t wall)
{
	char text[FORMAT_SIZE];

	format_time_iso(text, wall, true);
	buffer_text(line, text);
	buffer_text(line, ",");
	write_signed(line, word, wall);
}

static const struct value_writer writer = {
	.null = write_null,
	.string = write_string,
	.number = write_number,
	.sign = write_signed,
	.duration = write_duration,
	.time = write_time,
	.yes = write_bool,
};

static int csv_begin(struct view *view)
{
	struct buffer line = {0};

	if (!view->header)
		return 0;
	for (size_t i = 0; i < view->field_count; i++) {
		const struct word *word = view->fields[i]->word;
		const struct word_endings endings = word_endings(word);

		buffer_print(&line, "%s%s%s", i ? "," : "", word->key, endings.first);
		if (endings.second)
			buffer_print(&line, ",%s%s", word->key, endings.second);
	}
	buffer_text(&line, "\r\n");
	return line_write(view, &line);
}

static int csv_object(struct view *view, const void *object)
{
	struct buffer line = {0};

	for (size_t i = 0; i < view->field_count; i++) {
		if (i)
			buffer_text(&line, ",");
		value_write(&line, &writer, view->fields[i], &view->context, object);
	}
	buffer_text(&line, "\r\n");
	return line_write(view, &line);
}

const struct view_format view_csv = {
	.name = "csv",
	.begin = csv_begin,
	.object = csv_object,
};
