/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An SCTP socket in netstat's layout: a line for each address, user and process on the last one.
 *
 *   sctp                10.15.1.1:11165                                 LISTEN
 *                       10.15.1.2:11165                                             0          22001
 *   sctp      34     12 10.35.82.11:11567       10.35.82.21:11166       ESTABLISHED
 *                       10.35.82.12             10.35.82.22                         200        22002
 *
 * Addresses are never cut.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/escape.h"
#include "field/value.h"
#include "list/inet.h"

/* An address by its name or as number. port: NULL for none */
static void add_address(struct buffer *out, const struct field_context *context,
                        const struct inet_address *address, const uint16_t *port)
{
	const struct endpoint endpoint = {.addr = address->addr, .family = address->family};
	const char *name = NULL;
	char text[ENDPOINT_SIZE];

	endpoint_host(&endpoint, text);
	if (!context->numeric_hosts && endpoint_unspecified(&endpoint))
		name = address->family == AF_INET6 ? "[::]" : NULL;
	else if (!context->numeric_hosts)
		name = names_query(value_names(context),
		                   name_key_host(address->family, address->addr));
	buffer_text(out, name && name[0] ? name : text);
	if (port && *port)
		buffer_print(out, ":%u", *port);
	else if (port)
		buffer_text(out, ":*");
}

/* Pads what is escaped of the text to the width, which is negative for right-aligned. */
static void add_cell(struct buffer *out, struct buffer *text, int width)
{
	size_t least = (size_t)abs(width), columns, pad;
	struct buffer safe = {0};

	buffer_add(text, "", 1);
	columns = text->failed ? 0 : escape_terminal(&safe, text->data);
	pad = columns < least ? least - columns : 0;
	if (width < 0)
		buffer_fill(out, ' ', pad);
	buffer_add(out, safe.data, safe.size);
	if (width > 0)
		buffer_fill(out, ' ', pad);
	out->failed |= text->failed || safe.failed;
	buffer_free(&safe);
	text->size = 0;
}

static void add_end(struct buffer *out, const struct field_context *context,
                    const struct inet_addresses *addresses, size_t line, const uint16_t *port,
                    int width)
{
	struct buffer text = {0};

	if (line < addresses->count)
		add_address(&text, context, &addresses->at[line], port);
	add_cell(out, &text, width);
	buffer_free(&text);
}

/* The value of a field as netstat prints it. */
static void add_field(struct buffer *out, const struct field_context *context,
                      const struct list_inet *inet, const char *key, int width)
{
	const struct field *field = field_find(inet_fields, inet_field_count, key);
	struct buffer text = {0};
	struct value value;

	field_get(field, context, inet, &value);
	if (value.netstat)
		buffer_text(&text, value.netstat);
	else if (value.type == VALUE_NUMBER)
		buffer_number(&text, value.number);
	else
		buffer_text(&text, value.type == VALUE_STRING ? value.string : "-");
	add_cell(out, &text, width);
	buffer_free(&text);
}

static void add_first_columns(struct buffer *out, const struct list_inet *inet, size_t line)
{
	if (line)
		buffer_fill(out, ' ', 20);
	else if (inet->association)
		buffer_print(out, "sctp  %6" PRIu64 " %6" PRIu64 " ", inet->socket.recv_q,
		             inet->socket.send_q);
	else
		buffer_text(out, "sctp                ");
}

/* An endpoint has its port on each line, an association on the first one. */
static void add_ends(struct buffer *out, const struct field_context *context,
                     const struct list_inet *inet, size_t line)
{
	if (!inet->association) {
		add_end(out, context, &inet->locals, line, &inet->local_port, 47);
		return;
	}
	add_end(out, context, &inet->locals, line, line ? NULL : &inet->local_port, 23);
	buffer_text(out, " ");
	add_end(out, context, &inet->foreigns, line, line ? NULL : &inet->foreign_port, 23);
}

static void add_last_columns(const struct list_request *request,
                             const struct field_context *context, const struct list_inet *inet,
                             struct buffer *out)
{
	if (request->extend) {
		buffer_text(out, " ");
		add_field(out, context, inet, "user", 10);
		buffer_text(out, " ");
		add_field(out, context, inet, "inode", 10);
	}
	if (request->programs) {
		buffer_text(out, " ");
		add_field(out, context, inet, "program", 20);
	}
	if (request->timers) /* the column is empty */
		buffer_text(out, " ");
}

void inet_sctp_text(const struct list_request *request, const struct field_context *context,
                    const struct list_inet *inet, struct buffer *out)
{
	size_t locals = inet->locals.count, foreigns = inet->foreigns.count;
	size_t lines = locals > foreigns ? locals : foreigns;

	for (size_t line = 0; line == 0 || line < lines; line++) {
		add_first_columns(out, inet, line);
		add_ends(out, context, inet, line);
		buffer_print(out, " %-11s", line ? "" : state_name(inet->socket.state));
		if (line + 1 >= lines)
			add_last_columns(request, context, inet, out);
		buffer_text(out, "\n");
	}
}
