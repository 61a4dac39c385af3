/* SPDX-License-Identifier: BSD-2-Clause */
#include "view/value_text.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/format.h"

/* netstat cuts an address and port of more characters, not counting the ":". */
#define NETSTAT_CUT 22

static const char *host_name(const struct field_context *context, const struct endpoint *endpoint)
{
	const char *name;

	/* As netstat: beside names, "::" and the ":" before the port would look alike. */
	if (endpoint_unspecified(endpoint))
		return endpoint->family == AF_INET6 ? "[::]" : NULL;
	name = names_query(value_names(context), name_key_host(endpoint->family, endpoint->addr));
	return name && name[0] ? name : NULL;
}

static const char *port_name(const struct field_context *context, const struct endpoint *endpoint)
{
	struct name_key key = name_key_port(endpoint->port, endpoint->protocol);
	const char *name;

	if (!endpoint->port)
		return "*";
	if (context->numeric_ports)
		return NULL;
	if (endpoint->protocol == IPPROTO_RAW)
		key = name_key_number(NAME_PROTOCOL, endpoint->port);
	name = names_query(value_names(context), key);
	return name && name[0] ? name : NULL;
}

/* Adds so many bytes of the text. A "+" marks a cut, so that no address looks like another one. */
static void add_cut(struct buffer *out, const char *text, size_t size)
{
	bool is_cut = size && text[size];

	buffer_add(out, text, size - is_cut);
	if (is_cut)
		buffer_text(out, "+");
}

/*
 * Adds "host:port" or "host%zone:port". Without -W it cuts as netstat does: at least four
 * characters remain for the host. The port has precedence over the zone, and the zone over the
 * host, because link-local addresses of two links differ only in the zone.
 */
static void endpoint_print(struct buffer *out, const struct field_context *context,
                           const struct endpoint *endpoint)
{
	const char *host = context->numeric_hosts ? NULL : host_name(context, endpoint);
	const char *port = port_name(context, endpoint);
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
		if (host_size > NETSTAT_CUT - port_size - zone_size)
			host_size = NETSTAT_CUT - port_size - zone_size;
	}
	add_cut(out, host, host_size);
	if (zone_size) {
		buffer_text(out, "%");
		add_cut(out, zone, zone_size - 1);
	}
	buffer_text(out, ":");
	add_cut(out, port, port_size);
}

void value_text_ago(struct buffer *out, uint64_t ago)
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

void value_text(struct buffer *out, const struct field_context *context, const struct value *value)
{
	print_value(out, context, value);
	value_text_ago(out, value->ago);
}

const char *value_color(enum value_mark mark)
{
	static const char *const colors[] = {
		[MARK_PLAIN] = NULL,
		[MARK_GOOD] = "\033[32m",
		[MARK_WARN] = "\033[33m",
		[MARK_BAD] = "\033[31m",
	};

	return colors[mark];
}
