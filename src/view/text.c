/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Columns for people, in the layout of netstat: each at least as wide as its
 * heading says, one blank between them, and what is too long shifts its line.
 *
 *   Proto Recv-Q Send-Q Local Address           Foreign Address         State       Timer
 *   tcp        0      0 127.0.0.1:80            127.0.0.1:33492         ESTABLISHED off (0.00/0/0)
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "base/format.h"
#include "field/endpoint.h"
#include "field/value.h"
#include "view/line.h"
#include "view/text.h"

/* Characters of address and port together beyond which netstat cuts, the ":" not counted. */
#define NETSTAT_CUT 22

static const char *host_name(const struct field_context *context, const struct endpoint *endpoint)
{
	const char *name;

	/* As netstat: in names, "::" would be hard to tell from the port's ":". */
	if (endpoint_unspecified(endpoint))
		return endpoint->family == AF_INET6 ? "[::]" : NULL;
	name = names_want(value_names(context), name_key_host(endpoint->family, endpoint->addr));
	return name && name[0] ? name : NULL;
}

static const char *port_name(const struct field_context *context, uint16_t port)
{
	const char *name;

	if (!port)
		return "*";
	if (context->numeric_ports)
		return NULL;
	name = names_want(value_names(context), name_key_number(NAME_PORT, port));
	return name && name[0] ? name : NULL;
}

/*
 * "host:port", "host%zone:port". Without -W cut as netstat does: the port keeps all but four
 * characters if it must, the zone what is left but for four, the address the rest: by its zone
 * alone a link-local address differs from that of another link.
 */
static void endpoint_print(struct buffer *out, const struct field_context *context,
                           const struct endpoint *endpoint)
{
	const char *host = context->numeric_hosts ? NULL : host_name(context, endpoint);
	const char *port = port_name(context, endpoint->port);
	const char *zone = endpoint->zone ? endpoint->zone : "";
	char address[ENDPOINT_SIZE], number[8];
	size_t host_size, zone_size = strlen(zone) + !!endpoint->zone, port_size;

	if (!host) {
		endpoint_host(endpoint, address);
		host = address;
	}
	if (!port) {
		format_number(number, endpoint->port, 1);
		port = number;
	}
	host_size = strlen(host);
	port_size = strlen(port);
	if (!context->wide && host_size + zone_size + port_size > NETSTAT_CUT) {
		if (port_size > NETSTAT_CUT - 4)
			port_size = NETSTAT_CUT - 4;
		if (zone_size && zone_size > NETSTAT_CUT - 4 - port_size)
			zone_size = NETSTAT_CUT - 4 - port_size;
		host_size = NETSTAT_CUT - port_size - zone_size;
	}
	buffer_add(out, host, host_size);
	if (zone_size) {
		buffer_text(out, "%");
		buffer_add(out, zone, zone_size - 1);
	}
	buffer_text(out, ":");
	buffer_add(out, port, port_size);
}

void text_ago(struct buffer *out, uint64_t ago)
{
	char text[FORMAT_SIZE];

	if (!ago)
		return;
	format_ago(text, ago);
	buffer_print(out, "@%s", text);
}

static void print_value(struct buffer *out, const struct field_context *context,
                        const struct value *value)
{
	char text[FORMAT_SIZE];

	switch (value->type) {
	case VALUE_NONE:
		buffer_text(out, "-");
		break;
	case VALUE_STRING:
		buffer_text(out, value->string);
		break;
	case VALUE_NUMBER:
		buffer_number(out, value->number);
		break;
	case VALUE_SIGNED:
		buffer_print(out, value->sign ? "%+" PRId64 : "%" PRId64, value->sign);
		break;
	case VALUE_DURATION:
		format_duration(text, value->number);
		buffer_text(out, value->exact ? "" : ">=");
		buffer_text(out, text);
		break;
	case VALUE_TIME:
		format_time(text, value->sign, context->utc);
		buffer_text(out, text);
		break;
	case VALUE_ENDPOINT:
		endpoint_print(out, context, &value->endpoint);
		break;
	case VALUE_BOOL:
		buffer_text(out, value->yes ? "yes" : "no");
		break;
	case VALUE_LIST:
		if (value->string)
			buffer_text(out, value->string);
		else
			buffer_number(out, value->number);
		break;
	}
}

void text_value(struct buffer *out, const struct field_context *context, const struct value *value)
{
	print_value(out, context, value);
	text_ago(out, value->ago);
}

/* A line in the making, and room for one value of it, as it came and made harmless. */
struct line {
	struct buffer line, text, safe;
};

static const char *const mark_colors[] = {
	[MARK_PLAIN] = NULL,
	[MARK_GOOD] = "\033[32m",
	[MARK_WARN] = "\033[33m",
	[MARK_BAD] = "\033[31m",
};

/* text, made harmless, in its column; what is neither counted nor aligned is the colour. */
static void print_cell(struct line *to, int width, const char *text, const char *color)
{
	struct buffer *line = &to->line, *safe = &to->safe;
	size_t least = (size_t)abs(width), columns, pad;

	safe->size = 0;
	columns = escape_terminal(safe, text);
	pad = columns < least ? least - columns : 0;
	line->failed |= safe->failed;
	if (width < 0)
		buffer_fill(line, ' ', pad);
	if (color)
		buffer_text(line, color);
	buffer_add(line, safe->data, safe->size);
	if (color)
		buffer_text(line, "\033[0m");
	if (width > 0)
		buffer_fill(line, ' ', pad);
}

static int finish_line(struct view *view, struct line *to)
{
	struct buffer *line = &to->line;

	while (line->size && line->data[line->size - 1] == ' ')
		line->size--;
	buffer_text(line, "\n");
	buffer_free(&to->text);
	buffer_free(&to->safe);
	return line_write(view, line);
}

static int text_begin(struct view *view)
{
	struct line line = {0};

	if (!view->header)
		return 0;
	if (view->title)
		buffer_print(&line.line, "%s\n", view->title);
	for (size_t i = 0; i < view->field_count; i++) {
		if (i)
			buffer_text(&line.line, " ");
		print_cell(&line, view->fields[i]->word->width, view->fields[i]->word->heading,
		           NULL);
	}
	return finish_line(view, &line);
}

static void print_field(const struct view *view, struct line *line, const struct field *field,
                        const void *object)
{
	struct buffer *text = &line->text;
	struct value value;

	value_get(&value, &view->context, field, object);
	text->size = 0;
	text_value(text, &view->context, &value);
	buffer_add(text, "", 1);
	line->line.failed |= text->failed;
	if (!text->failed)
		print_cell(line, field->word->width, text->data,
		           view->color ? mark_colors[value.mark] : NULL);
}

static int text_object(struct view *view, const void *object)
{
	struct line line = {0};

	for (size_t i = 0; i < view->field_count; i++) {
		if (i)
			buffer_text(&line.line, " ");
		print_field(view, &line, view->fields[i], object);
	}
	return finish_line(view, &line);
}

const struct view_format view_text = {
	.name = "text",
	.begin = text_begin,
	.object = text_object,
};
