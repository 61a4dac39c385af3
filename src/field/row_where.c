/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and namespaces of a socket. */
#include <sys/socket.h>

#include "field/endpoint.h"
#include "field/row_getters.h"
#include "field/value.h"

ROW_GETTER(proto)
{
	const struct row *row = object;

	(void)context;
	if (row->family)
		value_string(value, row->flags & ROW_MPTCP    ? "mptcp"
		                    : row->family == AF_INET6 ? "tcp6"
		                                              : "tcp");
}

ROW_GETTER(family)
{
	const struct row *row = object;

	(void)context;
	if (row->family)
		value_string(value, row->family == AF_INET6 ? "inet6" : "inet");
}

/*
 * A socket that a listener creates has the listener's addresses until its own are seen. A
 * connecting socket has no port at first.
 */
static bool knows_addresses(const struct row *row)
{
	return row->family && !(row->flags & ROW_NASCENT);
}

static bool knows_local_port(const struct row *row)
{
	return knows_addresses(row) && !(row->flags & ROW_PORT_PENDING);
}

_Static_assert(sizeof(((struct value *)0)->buf) >= ZONE_SIZE, "a zone fits into a value");

ROW_GETTER(local)
{
	const struct row *row = object;

	if (knows_addresses(row))
		value_endpoint(value, row->family, row->laddr, row->lport,
		               row_zone(context->table, row, row->laddr, value->buf));
}

ROW_GETTER(foreign)
{
	const struct row *row = object;

	if (knows_addresses(row))
		value_endpoint(value, row->family, row->raddr, row->rport,
		               row_zone(context->table, row, row->raddr, value->buf));
}

static void print_address(const struct field_context *context, struct value *value,
                          const struct row *row, const uint8_t *addr)
{
	char zone[ZONE_SIZE], text[ENDPOINT_SIZE];
	struct endpoint endpoint = {.addr = addr,
	                            .family = row->family,
	                            .zone = row_zone(context->table, row, addr, zone)};

	endpoint_address(&endpoint, text);
	value_print(value, "%s", text);
}

ROW_GETTER(local_addr)
{
	const struct row *row = object;

	if (knows_addresses(row))
		print_address(context, value, row, row->laddr);
}

ROW_GETTER(foreign_addr)
{
	const struct row *row = object;

	if (knows_addresses(row))
		print_address(context, value, row, row->raddr);
}

ROW_GETTER(local_port)
{
	const struct row *row = object;

	(void)context;
	if (knows_local_port(row) && row->lport)
		value_number(value, row->lport);
}

ROW_GETTER(foreign_port)
{
	const struct row *row = object;

	(void)context;
	if (knows_addresses(row) && row->rport)
		value_number(value, row->rport);
}

ROW_GETTER(listener)
{
	const struct row *listener;

	if (table_count_listeners(context->table, object, &listener))
		row_local(context, listener, value);
}

ROW_GETTER(netns)
{
	const struct row *row = object;

	(void)context;
	if (row->netns)
		value_number(value, row->netns);
}

ROW_GETTER(netns_name)
{
	const struct row *row = object;

	value_netns_name(value, context, row->netns);
}
