/* SPDX-License-Identifier: BSD-2-Clause */
#include "view/next.h"

#include <stdbool.h>
#include <string.h>

#define CALL "tcptrail "

/* Commands that take --from, and their option for a time. */
static const struct {
	const char *word, *instant;
} commands[] = {{"why", "--at"}, {"snapshot", "--at"}, {"events", "--until"}, {"trail", "--at"}};

/* The option for a time of the command at text; NULL: it takes no --from. */
static const char *instant_of(const char *text, size_t size)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strlen(commands[i].word) == size && !memcmp(commands[i].word, text, size))
			return commands[i].instant;
	return NULL;
}

/* Adds a word, quoted for a shell if it needs that. */
static void add_word(struct buffer *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_./+:@%,=-";

	if (*word && !word[strspn(word, plain)]) {
		buffer_text(out, word);
		return;
	}
	buffer_text(out, "'");
	for (; *word; word++) {
		if (*word == '\'')
			buffer_text(out, "'\\''");
		else
			buffer_add(out, word, 1);
	}
	buffer_text(out, "'");
}

static bool is_elsewhere(const char *line, size_t size)
{
	return memmem(line, size, "peer's host", 11) || memmem(line, size, "peers' host", 11);
}

static void add_line(struct buffer *out, const char *line, size_t size,
                     const struct next_source *source)
{
	const char *end = line + size, *call;

	while ((call = memmem(line, (size_t)(end - line), CALL, strlen(CALL)))) {
		const char *word = call + strlen(CALL), *behind = word;
		const char *instant;

		while (behind < end && *behind >= 'a' && *behind <= 'z')
			behind++;
		buffer_add(out, line, (size_t)(behind - line));
		line = behind;
		instant = instant_of(word, (size_t)(behind - word));
		if (!instant)
			continue;
		buffer_text(out, " --from ");
		add_word(out, source->from);
		if (source->time)
			buffer_print(out, " %s %s", instant, source->time);
	}
	buffer_add(out, line, (size_t)(end - line));
}

void next_lines(struct buffer *out, const struct buffer *text, const struct next_source *source)
{
	const char *at = text->data, *end = text->data + text->size;

	out->failed |= text->failed;
	if (!source->from) {
		buffer_add(out, text->data, text->size);
		return;
	}
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t size = (size_t)((stop ? stop : end) - at);

		if (is_elsewhere(at, size))
			buffer_add(out, at, size);
		else
			add_line(out, at, size, source);
		if (stop)
			buffer_text(out, "\n");
		at += size + !!stop;
	}
}
