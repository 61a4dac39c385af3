/* SPDX-License-Identifier: BSD-2-Clause */
#include "fact/frame.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS    4
#define PATH_KEPT 256 /* bytes */

void frame_parse(const char *name, struct frame *frame)
{
	struct frame_field fields[FIELDS] = {{0}};
	const char *at = name ? name : "";

	for (int i = 0; i < FIELDS && *at; i++) {
		fields[i].text = at;
		fields[i].length = (int)strcspn(at, "\t");
		at += fields[i].length;
		at += *at == '\t';
	}
	*frame = (struct frame){.function = fields[0], .module = fields[2], .source = fields[3]};
	if (fields[1].length && (frame->function.length || frame->module.length))
		frame->offset = strtoull(fields[1].text, NULL, 16);
}

/* Tabs separate fields, and a line feed ends a line: replace both. */
static size_t put(char *to, const char *text, size_t most)
{
	size_t length = strnlen(text, most);

	for (size_t i = 0; i < length; i++)
		to[i] = (unsigned char)text[i] < ' ' ? '?' : text[i];
	return length;
}

/* Keep the end of a path: it says more than the beginning. */
static size_t put_path(char *to, const char *path)
{
	size_t length = path ? strlen(path) : 0;

	if (!length)
		return 0;
	return put(to, length > PATH_KEPT ? path + length - PATH_KEPT : path, PATH_KEPT);
}

void frame_name(char name[FRAME_NAME_SIZE], const char *function, uint64_t offset,
                const char *module, const char *source)
{
	char rest[2 * PATH_KEPT + 24];
	size_t used = (size_t)snprintf(rest, sizeof(rest), "\t%" PRIx64 "\t", offset);
	size_t length;

	used += put_path(rest + used, module);
	rest[used++] = '\t';
	used += put_path(rest + used, source);
	length = put(name, function ? function : "", FRAME_NAME_SIZE - used - 1);
	memcpy(name + length, rest, used);
	name[length + used] = '\0';
}

static struct frame_field base_name(struct frame_field path)
{
	for (int i = path.length; i > 0; i--)
		if (path.text[i - 1] == '/')
			return (struct frame_field){path.text + i, path.length - i};
	return path;
}

static void print_place(struct buffer *out, uint64_t ip, const struct frame *frame)
{
	struct frame_field module = base_name(frame->module);

	if (module.length)
		buffer_print(out, "%.*s+0x%" PRIx64, module.length, module.text, frame->offset);
	else
		buffer_print(out, "0x%" PRIx64, ip);
}

void frame_text(struct buffer *out, uint64_t ip, const struct frame *frame)
{
	struct frame_field module = base_name(frame->module);
	struct frame_field source = base_name(frame->source);

	if (!frame->function.length) {
		print_place(out, ip, frame);
		return;
	}
	buffer_print(out, "%.*s+0x%" PRIx64, frame->function.length, frame->function.text,
	             frame->offset);
	if (module.length)
		buffer_print(out, " (%.*s)", module.length, module.text);
	if (source.length)
		buffer_print(out, " %.*s", source.length, source.text);
}

void frame_text_short(struct buffer *out, uint64_t ip, const struct frame *frame)
{
	if (frame->function.length)
		buffer_print(out, "%.*s", frame->function.length, frame->function.text);
	else
		print_place(out, ip, frame);
}
