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
#include "view/object.h"

/* --- text ----------------------------------------------------------------------------------- */

static void add_label(struct buffer *out, const char *label)
{
	buffer_print(out, "%-12s ", label);
}

/* Adds a text of the recording, or "-" if it has none. */
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

static void add_json_origin(struct buffer *json, const struct recording_info *info)
{
	member_time(json, KEY(time), info->last);
	member_time(json, KEY(since), info->first);
	if (has_span(info))
		member_duration(json, KEY(span), (uint64_t)info->last - (uint64_t)info->first,
		                true);
	else
		member_null(json, KEY(span));
	member_string(json, KEY(path), info->path);
	member_number(json, KEY(format), info->version);
	member_string(json, KEY(host), info->host);
	member_string(json, KEY(kernel), info->kernel);
	member_string(json, KEY(machine), info->machine);
	member_string(json, KEY(tcptrail), info->tcptrail);
}

static void add_json_sizes(struct buffer *json, const struct recording_info *info)
{
	member_number(json, KEY(files), info->files);
	member_number(json, KEY(bytes), info->bytes);
	member_number(json, KEY(raw_bytes), info->raw);
	member_number(json, KEY(facts), info->facts);
	member_number(json, KEY(transitions), info->transitions);
	member_key(json, KEY(bytes_per_transition));
	if (info->transitions)
		buffer_print(json, "%.2f", (double)info->bytes / (double)info->transitions);
	else
		buffer_text(json, "null");
	member_number(json, KEY(checkpoints), info->checkpoints);
	member_number(json, KEY(damaged_bytes), info->damaged);
}

static void add_json_lost(struct buffer *json, const struct recording_info *info)
{
	if (info->lost_known) {
		member_number(json, KEY(lost), info->lost);
		member_bool(json, KEY(lost_exact), !info->lost_uncounted);
	} else {
		member_null(json, KEY(lost));
		member_null(json, KEY(lost_exact));
	}
}

static void add_json_sessions(struct buffer *json, const struct recording_info *info)
{
	member_key(json, KEY(sessions));
	buffer_text(json, "[");
	for (size_t i = 0; i < info->session_count; i++) {
		const struct recording_session *session = &info->sessions[i];

		buffer_text(json, i ? ",{" : "{");
		member_time(json, KEY(time), session->ended);
		member_time(json, KEY(since), session->began);
		member_number(json, KEY(files), session->files);
		buffer_text(json, "}");
	}
	buffer_text(json, "]");
}

int info_json(struct view *view, const struct recording_info *info)
{
	struct buffer json = {0};

	object_begin(&json, "recording");
	add_json_origin(&json, info);
	add_json_sizes(&json, info);
	add_json_lost(&json, info);
	add_json_sessions(&json, info);
	return object_end(view, &json);
}
