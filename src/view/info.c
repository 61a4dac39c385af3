/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *   Recording    /var/lib/tcptrail, format 1
 *   Host         web1, Linux 6.18.5 x86_64
 *   Written by   tcptrail 0.1.0
 *   From         2026-11-24 03:12:00.000000
 *   To           2026-11-25 03:12:00.000000 (1d00h)
 *   Session      2026-11-24 03:12:00.000000 to 2026-11-24 21:00:00.000000, 12 files
 *   Session      2026-11-24 21:00:05.000000 to 2026-11-25 03:12:00.000000, 1 file
 *   Size         812M (851443712 bytes) in 13 files
 *   Facts        123456789, 3.20G before compression
 *   Transitions  56000000, 15.2 bytes each
 *   Checkpoints  1440
 *   Damaged      nothing
 *   Lost         nothing
 */
#include "view/info.h"

#include <inttypes.h>

#include "base/escape.h"
#include "base/format.h"
#include "view/line.h"

/* --- text ----------------------------------------------------------------------------------- */

static void add_label(struct buffer *out, const char *label)
{
	buffer_print(out, "%-12s ", label);
}

/* Text of a recording, or in its place that it has none. */
static void add_known(struct buffer *out, const char *text)
{
	if (text && text[0])
		escape_terminal(out, text);
	else
		buffer_text(out, "-");
}

static void add_time(struct buffer *out, const struct view *view, int64_t wall)
{
	char text[FORMAT_SIZE] = "-";

	if (wall)
		format_time(text, wall, view->context.utc);
	buffer_text(out, text);
}

static void add_count(struct buffer *out, uint64_t count, const char *what)
{
	buffer_print(out, "%" PRIu64 " %s%s", count, what, count == 1 ? "" : "s");
}

static void add_origin(struct buffer *out, const struct recording_info *info)
{
	add_label(out, "Recording");
	escape_terminal(out, info->path);
	buffer_print(out, ", format %u\n", info->version);
	add_label(out, "Host");
	add_known(out, info->host);
	buffer_text(out, ", Linux ");
	add_known(out, info->kernel);
	buffer_text(out, " ");
	add_known(out, info->machine);
	buffer_text(out, "\n");
	add_label(out, "Written by");
	buffer_text(out, "tcptrail ");
	add_known(out, info->tcptrail);
	buffer_text(out, "\n");
}

static bool has_span(const struct recording_info *info)
{
	return info->first && info->last >= info->first;
}

static void add_range(struct buffer *out, const struct view *view,
                      const struct recording_info *info)
{
	char span[FORMAT_SIZE];

	add_label(out, "From");
	add_time(out, view, info->first);
	buffer_text(out, "\n");
	add_label(out, "To");
	add_time(out, view, info->last);
	if (has_span(info)) {
		format_duration(span, (uint64_t)info->last - (uint64_t)info->first);
		buffer_print(out, " (%s)", span);
	}
	buffer_text(out, "\n");
	for (size_t i = 0; i < info->session_count; i++) {
		add_label(out, "Session");
		add_time(out, view, info->sessions[i].began);
		buffer_text(out, " to ");
		add_time(out, view, info->sessions[i].ended);
		buffer_text(out, ", ");
		add_count(out, info->sessions[i].files, "file");
		buffer_text(out, "\n");
	}
}

static void add_sizes(struct buffer *out, const struct recording_info *info)
{
	char size[FORMAT_SIZE];

	add_label(out, "Size");
	format_size(size, info->bytes);
	buffer_print(out, "%s (", size);
	add_count(out, info->bytes, "byte");
	buffer_text(out, ") in ");
	add_count(out, info->files, "file");
	buffer_text(out, "\n");
	add_label(out, "Facts");
	format_size(size, info->raw);
	buffer_print(out, "%" PRIu64 ", %s before compression\n", info->facts, size);
	add_label(out, "Transitions");
	buffer_number(out, info->transitions);
	if (info->transitions)
		buffer_print(out, ", %.1f bytes each",
		             (double)info->bytes / (double)info->transitions);
	buffer_text(out, "\n");
	add_label(out, "Checkpoints");
	buffer_print(out, "%" PRIu64 "\n", info->checkpoints);
}

static void add_losses(struct buffer *out, const struct recording_info *info)
{
	add_label(out, "Damaged");
	if (info->damaged)
		add_count(out, info->damaged, "byte");
	buffer_text(out, info->damaged ? " skipped\n" : "nothing\n");
	add_label(out, "Lost");
	if (!info->lost_known) {
		buffer_text(out, "-");
	} else if (info->lost) {
		add_count(out, info->lost, "fact");
		buffer_text(out, info->lost_uncounted ? " or more" : "");
	} else {
		buffer_text(out, info->lost_uncounted ? "some facts" : "nothing");
	}
	buffer_text(out, "\n");
}

int info_text(struct view *view, const struct recording_info *info)
{
	struct buffer out = {0};

	add_origin(&out, info);
	add_range(&out, view, info);
	add_sizes(&out, info);
	add_losses(&out, info);
	return line_write(view, &out);
}

/* --- JSON ----------------------------------------------------------------------------------- */

static void add_json_text(struct buffer *json, const char *key, const char *text)
{
	buffer_print(json, ",\"%s\":", key);
	if (text && text[0])
		escape_json(json, text);
	else
		buffer_text(json, "null");
}

static void add_json_number(struct buffer *json, const char *key, uint64_t number)
{
	buffer_print(json, ",\"%s\":%" PRIu64, key, number);
}

static void add_json_time(struct buffer *json, const struct view *view, const char *key,
                          int64_t wall)
{
	char text[FORMAT_SIZE];

	if (wall)
		format_time_iso(text, wall, view->context.utc);
	add_json_text(json, key, wall ? text : NULL);
}

static void add_json_origin(struct buffer *json, const struct recording_info *info)
{
	add_json_text(json, "path", info->path);
	add_json_number(json, "format", info->version);
	add_json_text(json, "host", info->host);
	add_json_text(json, "kernel", info->kernel);
	add_json_text(json, "machine", info->machine);
	add_json_text(json, "tcptrail", info->tcptrail);
}

static void add_json_range(struct buffer *json, const struct view *view,
                           const struct recording_info *info)
{
	add_json_time(json, view, "first", info->first);
	add_json_time(json, view, "last", info->last);
	if (has_span(info))
		add_json_number(json, "span_ns", (uint64_t)info->last - (uint64_t)info->first);
	else
		buffer_text(json, ",\"span_ns\":null");
}

static void add_json_sizes(struct buffer *json, const struct recording_info *info)
{
	add_json_number(json, "files", info->files);
	add_json_number(json, "bytes", info->bytes);
	add_json_number(json, "raw_bytes", info->raw);
	add_json_number(json, "facts", info->facts);
	add_json_number(json, "transitions", info->transitions);
	if (info->transitions)
		buffer_print(json, ",\"bytes_per_transition\":%.2f",
		             (double)info->bytes / (double)info->transitions);
	else
		buffer_text(json, ",\"bytes_per_transition\":null");
	add_json_number(json, "checkpoints", info->checkpoints);
	add_json_number(json, "damaged_bytes", info->damaged);
	if (info->lost_known)
		buffer_print(json, ",\"lost\":%" PRIu64 ",\"lost_exact\":%s", info->lost,
		             info->lost_uncounted ? "false" : "true");
	else
		buffer_text(json, ",\"lost\":null,\"lost_exact\":null");
}

static void add_json_sessions(struct buffer *json, const struct view *view,
                              const struct recording_info *info)
{
	buffer_text(json, ",\"sessions\":[");
	for (size_t i = 0; i < info->session_count; i++) {
		const struct recording_session *session = &info->sessions[i];

		buffer_print(json, "%s{\"files\":%" PRIu64, i ? "," : "", session->files);
		add_json_time(json, view, "began", session->began);
		add_json_time(json, view, "ended", session->ended);
		buffer_text(json, "}");
	}
	buffer_text(json, "]");
}

int info_json(struct view *view, const struct recording_info *info)
{
	struct buffer json = {0};

	buffer_print(&json, "{\"v\":%d,\"type\":\"recording\"", VIEW_JSON_SCHEMA);
	add_json_origin(&json, info);
	add_json_range(&json, view, info);
	add_json_sizes(&json, info);
	add_json_sessions(&json, view, info);
	buffer_text(&json, "}\n");
	return line_write(view, &json);
}
